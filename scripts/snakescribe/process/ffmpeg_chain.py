"""A chain of ffmpeg filters as text -> its parts, of which none reads, writes or loads a file."""

import re
from collections.abc import Iterator

from snakescribe.errors import did_you_mean

Part = tuple[str, list[str], dict[str, str]]

# One input, one output, the same duration, no more than 25 ms of delay, and no file, network or
# library behind an option.
# fmt: off
ALLOWED = frozenset({
    "acompressor", "acontrast", "acrusher", "adeclick", "adeclip", "adecorrelate", "adenorm",
    "adrc", "adynamicequalizer", "adynamicsmooth", "aemphasis", "aexciter", "afftdn", "afwtdn",
    "agate", "alimiter", "allpass", "anlmdn", "asoftclip", "asubboost", "asubcut", "asupercut",
    "asuperpass", "asuperstop", "atilt", "bandpass", "bandreject", "bass", "biquad", "compand",
    "crystalizer", "dcshift", "deesser", "dynaudnorm", "equalizer", "highpass", "highshelf",
    "loudnorm", "lowpass", "lowshelf", "mcompand", "speechnorm", "tiltshelf",
    "treble", "volume",
})
# fmt: on
# Letters, digits and what numbers, lists and sums are made of: no quotes, labels or `;`.
_VALUE = re.compile(r"[\w .|+*/%()-]*")
_KEY = re.compile(r"[A-Za-z]\w*")


def parse_chain(text: str) -> list[Part]:
    """`highpass=f=80,volume=0.5` -> [("highpass", [], {"f": "80"}), ("volume", ["0.5"], {})]."""
    return [_parse(part) for part in text.split(",")]


def chain_problems(text: str) -> Iterator[str]:
    """A chain as ffmpeg writes it -> what is wrong with it, a line each."""
    for name, positional, named in parse_chain(text):
        if name not in ALLOWED:
            yield (
                f"'{name}' is not among the filters that may stand here; "
                f"{did_you_mean(name, ALLOWED)}"
            )
        for key, value in [*(("", value) for value in positional), *named.items()]:
            if key and (not _KEY.fullmatch(key) or "file" in key):
                yield f"{name}: the option '{key}' may not stand here; leave it out"
            if not _VALUE.fullmatch(value):
                yield (
                    f"{name}: '{value}' holds a character that may not stand here; "
                    "use letters, digits and any of . | + - * / % ( )"
                )


def _parse(part: str) -> Part:
    name, _, rest = part.strip().partition("=")
    positional: list[str] = []
    named: dict[str, str] = {}
    for option in rest.split(":") if rest else ():
        key, equals, value = option.partition("=")
        if equals:
            named[key] = value
        else:
            positional.append(option)
    return name, positional, named
