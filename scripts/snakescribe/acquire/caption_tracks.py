"""The captions of a download: fetched apart from the audio, kept as they came, by tier."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from snakescribe.acquire.answers import ContextFields, InfoDict
from snakescribe.acquire.failures import PERMANENT, explain_failure
from snakescribe.acquire.ids import safe_id
from snakescribe.acquire.sites import SiteBlockedError, Sites, site_of
from snakescribe.captions.read import read_reference
from snakescribe.errors import UserError
from snakescribe.languages import ORIGINAL, is_of_language
from snakescribe.machine import MachineError
from snakescribe.notices import Kind, notify
from snakescribe.store import replacing, write_json

TIERS = {"subtitles": "manual_caption", "automatic_captions": "automatic_caption"}
FEED_TRACKS = "feed_transcripts"
_FORMATS = ("json3", "vtt", "ttml", "srt", "json")  # what we read; the best times first


def captions_folder(store: Path, key: str) -> Path:
    """Where the captions with this key lie."""
    return store / "captions" / key[:2] / key


def find_captions(folder: Path, recording: str) -> list[dict[str, str]] | None:
    """Captions fetched before: objects with `path`, `language`, `tier`; None if not done.

    What went wrong with others is noticed once more: the receipt says it.
    """
    tracks = _read_receipt(folder)
    return None if tracks is None else _placed(folder, tracks, recording)


def has_tracks(folder: Path) -> bool:
    """Whether the site had captions in the languages that were asked for, good ones or not."""
    return bool(_read_receipt(folder))


def _read_receipt(folder: Path) -> list[dict[str, str]] | None:
    try:
        tracks: list[dict[str, str]] = json.loads((folder / "receipt.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    return tracks


def _placed(folder: Path, tracks: list[dict[str, str]], recording: str) -> list[dict[str, str]]:
    """A receipt's tracks -> those that are there; the others have a `problem`, and are noticed."""
    for track in tracks:
        if "problem" in track:
            notify(Kind.CAPTIONS_FAILED, track["problem"], recording=recording)
    there = [track for track in tracks if "problem" not in track]
    return [{**track, "path": str(folder / track["path"])} for track in there]


def fetch_captions(
    ytdlp: Any,
    info: InfoDict,
    languages: Sequence[str],
    folder: Path,
    sites: Sites,
    recording: str,
) -> tuple[list[dict[str, str]], bool]:
    """yt-dlp's info -> the caption files in `folder`, and whether all is settled.

    When it is, the folder has a receipt; a track that went wrong on the way is asked for by the
    next run.
    """
    tracks: list[dict[str, str]] = []
    settled = True
    for tier, language, track in choose_tracks(info, languages):
        name = f"{tier}.{safe_id(language)}.{track['ext']}"
        try:
            _store(ytdlp, track, folder / name)
            tracks.append({"path": name, "language": language, "tier": tier})
        except MachineError:
            raise
        except UserError as error:
            tracks.append({"problem": f"{language} captions ({tier}) are no good: {error}"})
        except SiteBlockedError as error:
            tracks.append({"problem": f"no {language} captions ({tier}): {error}"})
            settled = False
        except Exception as error:  # whatever it is, it must not cost the audio
            failure = explain_failure(error)
            if failure.ours:
                raise
            if failure.stops_site:
                sites.block(site_of(track["url"]), failure.reason, failure.retry_after)
            tracks.append({"problem": f"no {language} captions ({tier}): {failure.reason}"})
            settled = settled and failure.kind == PERMANENT
    if settled:
        write_json(folder / "receipt.json", tracks)
    return _placed(folder, tracks, recording), settled


def add_feed_tracks(info: InfoDict, context: ContextFields, language: str) -> InfoDict:
    """yt-dlp's info -> the same with the transcripts that a feed names for the recording.

    `language` is that of a transcript whose feed names none.
    """
    tracks = {name: list(known) for name, known in (info.get("subtitles") or {}).items()}
    for track in context.get(FEED_TRACKS) or ():
        tracks.setdefault(track["language"] or language, []).append(
            {"url": track["url"], "ext": track["ext"]}
        )
    return {**info, "subtitles": tracks}


def choose_tracks(info: InfoDict, languages: Sequence[str]) -> Iterator[tuple[str, str, InfoDict]]:
    """yt-dlp's info -> (tier, language, track) of each tier and language that there is.

    ``en`` takes ``en``, else ``en-US`` and the like, however the two are written; none is taken
    twice. Automatic captions of another language than the spoken one are translations and no
    references: where a site marks the spoken language by ``-orig``, only that one is taken.
    """
    for kind, tier in TIERS.items():
        tracks = info.get(kind) or {}
        originals = [name for name in tracks if name.endswith(ORIGINAL)]
        taken: set[str] = set()
        for language in languages:
            names = [name for name in tracks if _is_of(name, language)]
            if originals and kind == "automatic_captions":
                names = [name for name in names if name in originals]
            usable = [
                (_FORMATS.index(track["ext"]), name != language, name, track)
                for name in names
                for track in tracks[name]
                if track.get("ext") in _FORMATS and "m3u8" not in str(track.get("protocol"))
            ]
            if usable:
                *_, name, track = min(usable, key=lambda choice: (choice[1], choice[2], choice[0]))
                if name in taken:
                    continue
                taken.add(name)
                yield tier, name.removesuffix(ORIGINAL), track


def _is_of(name: str, language: str) -> bool:
    """A site's name of a track and a language -> whether the track is in it."""
    if name == language or name.startswith(f"{language}-"):
        return True
    return is_of_language(name.removesuffix(ORIGINAL), language)


def _store(ytdlp: Any, track: InfoDict, path: Path) -> None:
    data = track["data"].encode() if track.get("data") else ytdlp.urlopen(track["url"]).read()
    with replacing(path) as part:
        part.write_bytes(data)
        try:
            read_reference(part)  # an error page that calls itself captions is none
        except UserError as error:
            raise UserError(str(error).removeprefix(f"{part}: ")) from error
