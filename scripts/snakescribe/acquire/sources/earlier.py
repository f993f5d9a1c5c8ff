"""Files that an earlier download left: what their names, folders and the files beside them tell.

The names are those of the downloader that this project follows, such as
``2019/04/01/bos at nya - 2019.04.01 - [en][...]{fid-140}{e-401075123}{yt-dQw4w9WgXcQ}.m4a``: the
guest, the host, the day, and in braces ESPN's event and the video. What yt-dlp knew of the video
lies beside it as ``NAME.info.json`` or, as that downloader left it, ``NAME.json``.
"""

import json
import re
from functools import cache
from pathlib import Path

from snakescribe.acquire.answers import ContextFields, InfoDict
from snakescribe.acquire.dates import find_date
from snakescribe.acquire.sources.files import some_audio
from snakescribe.acquire.sources.listing import Found, entry_details
from snakescribe.acquire.teams import read_teams
from snakescribe.paths import team_table

_VIDEO = re.compile(r"\{yt-([A-Za-z0-9_-]{11})\}")
_EVENT = re.compile(r"\{e-(\d{1,20})\}")
_MARKS = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")
_TEAMS = re.compile(r"(?P<away>.+?) at (?P<home>.+?)(?: - |$)")
_FOLDERS = 3  # year, month and day
LOOKED_AT = 200
DETAILS = ("description", "published", "duration_seconds", "channel", "tags", "category")
TOLD_BY_NAMES = ("event_id", "event_date", "teams", "team_home", "team_away")


def found_in_file(path: Path, language: str = "") -> Found:
    """An audio file -> the recording, with what an earlier download has left about it.

    A file without marks is named by its stem and has, where yt-dlp's info lies beside it, title and
    details from there.
    """
    video, event = _VIDEO.search(path.name), _EVENT.search(path.name)
    info = info_beside(path) or {}
    context: ContextFields = entry_details(info)
    if video or event:
        context |= _told_by_name(path)
    if event:
        context["event_id"] = event[1]
    return Found(
        identity=f"youtube:{video[1]}" if video else f"file:{path}",
        id=video[1] if video else path.stem,
        exact=bool(video),
        kind="file",
        locator=str(path),
        title=str(info.get("title") or ""),
        language=language,
        context=context,
    )


def info_beside(path: Path) -> InfoDict | None:
    """An audio file -> yt-dlp's info of it, where a download has left one beside it."""
    marked = _VIDEO.search(path.name) or _EVENT.search(path.name)
    for ending in (".info.json", ".json") if marked else (".info.json",):
        place = path.with_name(path.stem + ending)
        try:
            info = json.loads(place.read_bytes()) if place.is_file() else None
        except (OSError, ValueError, RecursionError):  # somebody else's file, a transcript perhaps
            continue
        if isinstance(info, dict) and "extractor" in info and "id" in info:
            return info
    return None


def earlier_fields(pattern: str) -> tuple[str, ...]:
    """A folder or a pattern -> the fields that earlier downloads in it may tell.

    By its first files: this is asked at each start.
    """
    fields: dict[str, None] = {}
    for path in some_audio(pattern, LOOKED_AT):
        if _VIDEO.search(path.name) or _EVENT.search(path.name):
            return (*DETAILS, *TOLD_BY_NAMES)
        if path.with_name(f"{path.stem}.info.json").is_file():
            fields |= dict.fromkeys(DETAILS)
    return tuple(fields)


def _told_by_name(path: Path) -> ContextFields:
    """The name and the folders of a file with marks -> day and teams, as far as they are known."""
    fields: ContextFields = {}
    bare = _MARKS.sub(" ", path.stem)
    for text in (bare, "/".join(path.parent.parts[-_FOLDERS:])):
        if day := find_date(text):
            fields["event_date"] = day.isoformat()
            break
    if match := _TEAMS.match(bare):
        known = _team_names()
        sides = {
            side: known.get(text.strip().casefold()) for side, text in match.groupdict().items()
        }
        fields |= {f"team_{side}": name for side, name in sides.items() if name}
        fields["teams"] = ", ".join(name for name in sides.values() if name)
    return {key: value for key, value in fields.items() if value}


@cache
def _team_names() -> dict[str, str]:
    """Codes, abbreviations and names of the teams that the project knows -> their full names."""
    return {
        name.casefold(): team.name
        for team in read_teams(team_table("mlb"))
        for name in (team.code, team.name, *team.names)
        if name
    }
