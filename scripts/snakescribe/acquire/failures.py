"""An exception of yt-dlp -> what kind of failure it is, and what to do about it.

Measured against yt-dlp 2026.10.26 with both of its network handlers: which exception comes with
which cause is not documented there, so the tests run the real thing against a faulty server.
"""

import errno
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from snakescribe.machine import is_fault, numbered_fault
from snakescribe.paths import is_web_url

PERMANENT = "permanent"
BLOCKED = "blocked"
TRANSIENT = "transient"
LATER = "later"

CLASSES = {
    PERMANENT: "will not come back; left alone until it is opened again",
    BLOCKED: "the site refuses us; asked again by the next run",
    TRANSIENT: "went wrong on the way; asked again at once, then by the next run",
    LATER: "not there yet; asked again by the next run",
}


@dataclass(frozen=True)
class Failure:
    """Why there is no audio: class, status, the reason in words, and what the site asks for.

    `retry_after` are the seconds that the site asks to wait; `stops_site` means that nothing else
    should be asked of this site now; `ours` that the trouble is on this machine, at `place` where
    that is known.
    """

    kind: str
    status: str
    reason: str
    retry_after: float | None = None
    stops_site: bool = False
    ours: bool = False
    place: str = ""


# Asked in this order, and only where no typed cause says more.
_MESSAGES = [
    (r"not a bot|unusual traffic|captcha", BLOCKED, "bot_check"),
    (r"rate.?limit|try again later|too many requests", BLOCKED, "rate_limited"),
    (r"sign in|log ?in|cookies|members[- ]only|confirm your age|age-restricted", PERMANENT,
     "needs_login"),
    (r"not available in your (country|location)|geo.?restrict", PERMANENT, "geo_blocked"),
    (r"private video|unavailable|has been removed|terminated|does not exist|copyright", PERMANENT,
     "unavailable"),
    (r"premieres in|will begin in|is upcoming|is still live|no video formats found", LATER,
     "not_yet_available"),
    (r"downloaded \d+ bytes, expected|bytes read, \d+ more expected|did not get any data",
     TRANSIENT, "network"),
    (r"timed out|connection (reset|refused|aborted)|remote end closed|name or service not known|"
     r"temporary failure|failed to resolve|incompleteread", TRANSIENT, "network"),
    (r"requested format is not available", PERMANENT, "no_audio"),
    (r"unsupported url|is not a valid url|file:// urls are disabled", PERMANENT, "unsupported"),
]  # fmt: skip

# What yt-dlp says of this machine in words alone: its exceptions keep no cause there.
_OUR_WORDS = re.compile(
    r"unable to (write data|open for writing|create directory|rename file)|"
    r"ff(mpeg|probe)( and ff\w+)? (is |are )?not (installed|found)",
    re.IGNORECASE,
)
# Of a connection, the rest of such errors says that something in between refuses it.
_OURS_ON_THE_WAY = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}


def explain_failure(error: BaseException) -> Failure:
    """An exception raised while downloading -> its failure."""
    # Not at the top, as everywhere: yt-dlp takes 0.4 s (`ytdlp`).
    from yt_dlp.networking.exceptions import (
        HTTPError,
        NoSupportingHandlers,
        SSLError,
        TransportError,
    )
    from yt_dlp.utils import GeoRestrictedError, UnsupportedError, UserNotLive

    causes = list(_causes(error))
    reason = _words(causes)
    for cause in causes:
        if isinstance(cause, HTTPError):
            return _by_status(cause.status, reason, retry_after(cause.response.headers))
        if isinstance(cause, GeoRestrictedError):
            return Failure(PERMANENT, "geo_blocked", reason)
        if isinstance(cause, UnsupportedError | NoSupportingHandlers):
            return Failure(PERMANENT, "unsupported", reason)
        if isinstance(cause, UserNotLive):
            return Failure(LATER, "not_yet_available", reason)
    on_the_way = any(isinstance(cause, TransportError) for cause in causes)
    for cause in causes:
        number = getattr(cause, "errno", None)
        # A file is named by what goes wrong with files here, and by no connection.
        of_a_file = bool(_place(cause)) and number != errno.ENOENT
        if number in _OURS_ON_THE_WAY or (not on_the_way and (of_a_file or is_fault(cause))):
            return Failure(TRANSIENT, "local", reason, ours=True, place=_place(cause))
    for cause in causes:
        if isinstance(cause, SSLError):
            return Failure(BLOCKED, "tls", reason)
        if isinstance(cause, TransportError):
            return Failure(TRANSIENT, "network", reason)
    text = " ".join(map(str, causes))
    # What fails in the download stage is logged by yt-dlp and raised again without its cause.
    if match := re.search(r"HTTP Error (\d{3})", text):
        return _by_status(int(match[1]), reason, None)
    if _OUR_WORDS.search(text) or (not on_the_way and numbered_fault(text)):
        return Failure(TRANSIENT, "local", reason, ours=True)
    for pattern, kind, status in _MESSAGES:
        if re.search(pattern, text, re.IGNORECASE):
            stops = status in {"bot_check", "rate_limited"}
            return Failure(kind, status, reason, stops_site=stops)
    return Failure(TRANSIENT, "unknown", reason)


def retry_after(headers: object) -> float | None:
    """HTTP headers -> the seconds that ``Retry-After`` asks for, given as a number or a date."""
    value = headers.get("Retry-After")  # type: ignore[attr-defined]
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _by_status(status: int, reason: str, wait: float | None) -> Failure:
    if status == 429:
        return Failure(TRANSIENT, "rate_limited", reason, wait, stops_site=True)
    if status in (408, 425) or status >= 500:
        return Failure(TRANSIENT, "server_error", reason, wait)
    if status == 416:  # a .part that is whole already (yt-dlp issue #12994)
        return Failure(TRANSIENT, "stale_part", reason)
    if status in (401, 403, 407):
        return Failure(BLOCKED, "forbidden", reason, wait)
    return Failure(PERMANENT, "unavailable", reason)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The chain of causes; yt-dlp keeps them in `exc_info` and `cause`."""
    seen: list[BaseException] = []
    while isinstance(error, BaseException) and error not in seen:
        seen.append(error)
        yield error
        info = getattr(error, "exc_info", None)
        inner = info[1] if isinstance(info, tuple) and info[1] is not error else None
        error = inner or getattr(error, "cause", None) or error.__cause__


def _place(cause: BaseException) -> str:
    """The file that an OSError is about; HTTP errors of the standard library have URLs there."""
    name = cause.filename if isinstance(cause, OSError) else None
    return "" if name is None or is_web_url(str(name)) else str(name)


def _words(causes: list[BaseException]) -> str:
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(causes[0])).removeprefix("ERROR: ")
    text = re.split(r"; please report this issue| \(caused by ", text)[0]
    return " ".join(text.split())[:300]
