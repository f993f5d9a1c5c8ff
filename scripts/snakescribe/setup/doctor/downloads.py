"""yt-dlp: how old it is, and whether it can run the JavaScript of sites."""

from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec

import yt_dlp
from yt_dlp.version import __version__ as ytdlp_version

from snakescribe.setup.doctor.finding import Finding, fine, odd
from snakescribe.setup.doctor.needs import Needs

# Sites change; a yt-dlp that is older often fails at the large ones.
OLD_DAYS = 90
_UPGRADE = "pip install --upgrade 'yt-dlp[default,deno]'"


def check_ytdlp(needs: Needs) -> Iterator[Finding]:
    """How old yt-dlp is, which its version says."""
    if not needs.downloads:
        return
    days = (today() - date(*map(int, ytdlp_version.split(".")[:3]))).days
    text = f"yt-dlp {ytdlp_version}, {max(days, 0)} days old"
    if days > OLD_DAYS:
        yield odd("yt-dlp", f"{text}; sites may have changed since", _UPGRADE)
    else:
        yield fine("yt-dlp", text)


def check_runtimes(needs: Needs) -> Iterator[Finding]:
    """A program that runs JavaScript, as YouTube asks for, and the scripts that yt-dlp gives it."""
    if not needs.scripts:
        return
    runtimes = {
        name: kind().info for name, kind in yt_dlp.globals.supported_js_runtimes.value.items()
    }
    there = [runtime for runtime in runtimes.values() if runtime]
    good = [f"{runtime.name} {runtime.version}" for runtime in there if runtime.supported]
    if not good:
        old = [f"{runtime.name} {runtime.version} is too old" for runtime in there]
        what = ", ".join(old) or f"none of {', '.join(runtimes)} is here"
        yield odd("javascript", f"{what}; YouTube needs one for much of its sound", _UPGRADE)
    elif find_spec("yt_dlp_ejs") is None:
        text = f"{', '.join(good)}; but yt-dlp's scripts for it (yt-dlp-ejs) are not installed"
        yield odd("javascript", text, _UPGRADE)
    else:
        yield fine("javascript", ", ".join(good))


def today() -> date:
    """The day."""
    return date.today()
