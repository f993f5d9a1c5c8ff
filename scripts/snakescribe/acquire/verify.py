"""Media that came -> whether it is the sound that was promised, all of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from snakescribe.acquire.failures import PERMANENT, TRANSIENT, Failure
from snakescribe.ffmpeg.whole import Probe, decode_audio, is_short
from snakescribe.store import file_sha256, write_text


class UnfitMediaError(Exception):
    """What came is not the sound that was promised; `sha256` is that of its bytes, if any came."""

    def __init__(self, reason: str, sha256: str = "") -> None:
        super().__init__(reason)
        self.sha256 = sha256


@dataclass(frozen=True)
class Verified:
    """Media that is taken: what is in it, its digest, and what is odd about it ("" mostly)."""

    probe: Probe
    sha256: str
    note: str


def verify_media(
    came: Path, work: Path, promised: float | None, hint: float | None, last: bool
) -> Verified:
    """A file that came -> what is in it, decoded from start to end.

    What falls short of the duration that itself or its site states is no good, until the same
    bytes have come twice: headers are often wrong. Then it is taken, unless it is damaged and much
    of it is missing.

    Args:
        came: the file.
        work: the folder in which what came before is known by its digest.
        promised: seconds that its site states.
        hint: seconds by a listing, which count where the site states none. What falls short of
            them by more than 10 s and 10 % is looked at once more and then taken; so is what is
            damaged and not short.
        last: whether there is no further try.

    Raises:
        UnfitMediaError: it is no sound, or not all of it.
    """
    probe, sha256 = decode_audio(came), file_sha256(came)
    if probe.status != "ok" or probe.seconds is None:
        raise UnfitMediaError(probe.reason or probe.status, sha256)
    seen = _read_seen(work)
    note = ""
    if shortfall := _find_shortfall(probe, promised):
        shortfall = "; ".join(filter(None, (shortfall, probe.damage)))
        if sha256 not in seen or probe.lacks_much(promised):
            raise UnfitMediaError(shortfall, sha256)
        note = f"{shortfall}; the same {'' if probe.damage else 'whole '}bytes came twice"
    else:
        longer = "" if promised else _compare_with_hint(probe.reach, hint)
        note = "; ".join(filter(None, (longer, probe.damage)))
        if note and not seen and not last:
            raise UnfitMediaError(note, sha256)
    return Verified(probe, sha256, note)


def _find_shortfall(probe: Probe, promised: float | None) -> str:
    """What was decoded, and the seconds that its site promises -> what is missing, or nothing."""
    for stated, by in ((probe.stated, "it states"), (promised, "the site promises")):
        if stated and is_short(probe.reach, stated):
            return f"{probe.reach:.1f} s can be decoded of the {stated:.1f} s that {by}"
    return ""


def _compare_with_hint(seconds: float, hint: float | None) -> str:
    """What to say where sound falls short of a hint by more than 10 s and 10 %, else nothing."""
    if hint is None or hint - seconds <= max(10.0, 0.1 * hint):
        return ""
    return f"{seconds:.0f} s long, {hint:.0f} s by its listing"


def judge_unfit(work: Path, error: UnfitMediaError) -> Failure:
    """Media that is no good: the same bytes twice are what the site has, others an accident.

    What came is forgotten but for its digest, which the next run goes on with.
    """
    for name in ("home", "tmp"):
        shutil.rmtree(work / name, ignore_errors=True)
    seen = _read_seen(work)
    if error.sha256 in seen:
        reason = f"{error}; the site sends the same bytes each time"
        return Failure(PERMANENT, "corrupt", reason)
    write_text(_seen_path(work), "\n".join([*seen, error.sha256]))
    return Failure(TRANSIENT, "corrupt", str(error))


def forget_seen(work: Path) -> None:
    """What came is good."""
    _seen_path(work).unlink(missing_ok=True)


def _seen_path(work: Path) -> Path:
    return work / "unfit.txt"


def _read_seen(work: Path) -> list[str]:
    """The digests of what came before and was no good."""
    path = _seen_path(work)
    return path.read_text(encoding="utf-8").split("\n") if path.exists() else []
