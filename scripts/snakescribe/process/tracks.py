"""The audio tracks of a recording -> which of them is taken, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from snakescribe.ffmpeg.probe import Track
from snakescribe.languages import is_told, language_code
from snakescribe.process.bad_recording import BadRecordingError


@dataclass(frozen=True)
class Candidates:
    """Tracks, the best first, and why the first one is: the others are taken where it is silent."""

    tracks: Sequence[Track]
    why: str


def order_tracks(tracks: Sequence[Track], wish: str, language: str) -> Candidates:
    """The tracks of a file -> those that may be taken.

    Without a wish: the track in the recording's language, else the one that is marked as the
    default, else the first; comments and descriptions for the blind come last in each case. A title
    such as `English` is the language of a track without one.

    Args:
        tracks: as the file has them.
        wish: a number from 0, a language, or empty.
        language: the recording's, a code; empty where it is not known.

    Raises:
        BadRecordingError: there is no such track.
    """
    if wish.isdecimal():
        chosen = [track for track in tracks if track.number == int(wish)]
        if not chosen:
            raise BadRecordingError("no_track", f"it has no audio track {wish}: {_listed(tracks)}")
        return Candidates(chosen, "asked for")
    ranked = sorted(tracks, key=lambda track: (track.is_aside, not track.is_default))
    if wish:
        spoken = [track for track in ranked if _same_language(_spoken(track), wish)]
        untagged = len(tracks) == 1 and not _spoken(tracks[0])
        if not spoken and not untagged:
            raise BadRecordingError(
                "no_track", f"it has no audio track in '{wish}': {_listed(tracks)}"
            )
        return Candidates(spoken or tracks, f"asked for in '{wish}'")
    spoken = [track for track in ranked if _same_language(_spoken(track), language)]
    if spoken:
        others = [track for track in ranked if track not in spoken]
        return Candidates([*spoken, *others], f"in the recording's language, '{language}'")
    first = ranked[0]
    return Candidates(ranked, "marked as the default" if first.is_default else "the first")


def _listed(tracks: Sequence[Track]) -> str:
    return f"it has {', '.join(map(str, tracks))}"


def _spoken(track: Track) -> str:
    """The language that a track is tagged with, else that which is its title."""
    return track.language or (track.title if language_code(track.title) else "")


def _same_language(left: str, right: str) -> bool:
    """Two tags of any kind (`deu`, `ger`, `de-AT`) -> whether they name the same language."""
    if not left or not right:
        return False
    known = _language(left)
    return bool(known) and known == _language(right)


def _language(tag: str) -> str:
    return language_code(tag) or (tag.casefold() if is_told(tag) else "")
