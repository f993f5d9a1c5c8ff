"""Dates, teams and games of recordings, as fields for prompts."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from acquire_steps import FAST, write_rows
from fault_server import FaultServer
from hypothesis import given, settings
from hypothesis import strategies as st

from snakescribe.acquire.dates import MONTHS, find_date
from snakescribe.acquire.rounds import current_round
from snakescribe.acquire.teams import Team, find_teams
from snakescribe.errors import UserError
from snakescribe.tables import Row

Resolve = Callable[..., list[Row]]


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("Herons at Kites 2019-04-01", "MDY", "2019-04-01"),
        ("2019.4.1 highlights", "DMY", "2019-04-01"),
        ("20190401 highlights", "MDY", "2019-04-01"),
        ("Game of 04/01/2019", "MDY", "2019-04-01"),
        ("Game of 04/01/2019", "DMY", "2019-01-04"),
        ("Game of 4.1.19", "DMY", "2019-01-04"),
        ("24-03-2019", "MDY", "2019-03-24"),
        ("April 1st, 2019", "DMY", "2019-04-01"),
        ("Apr. 1 2019", "MDY", "2019-04-01"),
        ("1st of April 2019", "MDY", "2019-04-01"),
        ("1 sept 2019", "MDY", "2019-09-01"),
        ("April 1: Herons 3, Kites 4", "MDY", "2019-04-01"),
        ("Herons at Kites (4/1)", "MDY", "2019-04-01"),
        ("December 30 recap", "MDY", "2018-12-30"),
        ("13/13/2019 and 30.02.2019", "MDY", None),
        ("Version 1.2.3 of 2019", "MDY", None),
        ("Score 12-5, 3/4 of an hour? No: 99/99", "MDY", "2019-03-04"),
        ("nothing at all", "MDY", None),
    ],
)
def test_dates(text: str, order: str, day: str | None) -> None:
    found = find_date(text, order, published="2019-04-02")
    assert (found.isoformat() if found else None) == day


@settings(deadline=None)
@given(st.dates(date(1970, 1, 1), date(2050, 12, 31)), st.sampled_from(["MDY", "DMY"]))
def test_every_format_reads_back(day: date, order: str) -> None:
    month = next(name for name, number in MONTHS.items() if number == day.month)
    first, second = (day.month, day.day) if order == "MDY" else (day.day, day.month)
    for text in (
        day.isoformat(), f"{day:%Y%m%d}", f"{first}/{second}/{day.year}",
        f"{first:02}.{second:02}.{day.year}", f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
    ):  # fmt: skip
        assert find_date(f"Highlights {text} | inning 3", order) == day


@settings(deadline=None)
@given(st.text())
def test_no_text_makes_it_fall(text: str) -> None:
    find_date(text, "MDY", "2019-04-02")


KITES = Team("Kessock Kites", ("Kites", "KES"))
HERONS = Team("Pendry Herons", ("Herons", "PEN"))
CITY = Team("Pendry", ())


@pytest.mark.parametrize(
    ("text", "names", "away"),
    [
        ("Herons at Kites", ["Pendry Herons", "Kessock Kites"], True),
        ("PEN @ KES", ["Pendry Herons", "Kessock Kites"], True),
        ("Kessock Kites vs. Pendry Herons", ["Kessock Kites", "Pendry Herons"], False),
        ("my pen fell on kes", ["Pendry Herons"][:0], False),
        ("The KITES!", ["Kessock Kites"], False),
    ],
)
def test_teams(text: str, names: list[str], away: bool) -> None:
    found = find_teams(text, [KITES, CITY, HERONS])
    assert ([team.name for team in found.teams], found.first_is_away) == (names, away)


def test_two_rows_of_one_recording_are_an_error(place: Path, resolve: Resolve) -> None:
    (place / "a.wav").write_text("x", encoding="utf-8")
    source, context = {"source": "folder", "path": "*.wav"}, [{"table": "halls.tsv"}]
    write_rows(place / "halls.tsv", [{"id": "a", "hall": "north"}, {"id": "a", "hall": "north"}])
    (row,) = resolve(source, context=context)
    assert row["context"]["hall"] == "north"
    write_rows(place / "halls.tsv", [{"id": "a", "hall": "north"}, {"id": "a", "hall": "south"}])
    with pytest.raises(UserError, match="line 3: the id 'a' stands in line 2 already"):
        resolve(source, context=context)


def test_event_fields_from_a_table_of_teams(place: Path, resolve: Resolve) -> None:
    (place / "talks").mkdir()
    (place / "talks" / "Herons at Kites 04.01.2019.wav").touch()
    write_rows(place / "teams.tsv", [
        {"abbreviation": "PEN", "name": "Pendry Herons", "nick": "Herons"},
        {"abbreviation": "KES", "name": "Kessock Kites", "nick": "Kites"},
    ])  # fmt: skip
    entry = {"provider": "event", "teams": "teams.tsv", "date_order": "DMY"}
    (row,) = resolve({"source": "folder", "path": "talks"}, context=[entry])
    assert row["context"] == {
        "event_date": "2019-01-04", "teams": "Pendry Herons, Kessock Kites",
        "team_away": "Pendry Herons", "team_home": "Kessock Kites",
    }  # fmt: skip


def test_an_extractor_of_ones_own(place: Path, resolve: Resolve) -> None:
    (place / "talk.wav").touch()
    (place / "mine_dates.py").write_text(
        "def find(about, order): return {'topic': about.title}\n", encoding="utf-8"
    )
    entry = {"provider": "event", "extractor": "mine_dates:find"}
    (row,) = resolve({"source": "folder", "path": "."}, context=[entry])
    assert row["context"] == {"topic": "talk"}
    with pytest.raises(UserError, match="there is no module 'no_such'"):
        resolve({"source": "folder", "path": "."}, context=[{**entry, "extractor": "no_such:x"}])


def competitor(side: str, place: str, nick: str, short: str) -> dict[str, Any]:
    team = {"id": short, "location": place, "name": nick, "abbreviation": short,
            "displayName": f"{place} {nick}", "shortDisplayName": nick}  # fmt: skip
    return {"homeAway": side, "team": team, "score": "3"}


def event(name: str, *competitors: dict[str, Any]) -> dict[str, Any]:
    venue = {"fullName": "The Park"}
    return {"id": name, "name": f"Game {name}", "date": "2019-04-01T23:00Z",
            "season": {"year": 2019, "type": 2},
            "competitions": [{"venue": venue, "competitors": list(competitors)}]}  # fmt: skip


HERONS_AT_KITES = (
    competitor("home", "Kessock", "Kites", "KES"), competitor("away", "Pendry", "Herons", "PEN"),
)  # fmt: skip
OTTERS_AT_MILLERS = (
    competitor("home", "Marrow Bay", "Millers", "MAR"),
    competitor("away", "Tolliver", "Otters", "TOL"),
)  # fmt: skip
SUMMARY = {
    "boxscore": {"players": [{"team": {"abbreviation": "PEN"}, "statistics": [
        {"type": "batting", "athletes": [
            {"athlete": {"displayName": "Tobias Okafor"}, "position": {"abbreviation": "P"}}]},
        {"type": "pitching", "athletes": [
            {"athlete": {"displayName": "Tobias Okafor"}, "position": {"abbreviation": "P"}}]},
    ]}]},
    "rosters": [{"homeAway": "home", "roster": [
        {"athlete": {"displayName": "Kenta Tsukamoto",
                     "position": {"abbreviation": "SS"}}}]}],
}  # fmt: skip


def test_espn_tells_the_game_by_date_and_teams(
    place: Path, resolve: Resolve, server: FaultServer
) -> None:
    games = {
        "20190401": [event("1", *HERONS_AT_KITES), event("2", *OTTERS_AT_MILLERS)],
        "20190402": [event("3", *OTTERS_AT_MILLERS), event("4", *OTTERS_AT_MILLERS)],
    }
    asked: list[str] = []
    silent = [True]

    def answer(path: str, query: str) -> tuple[int, str, bytes]:
        asked.append(f"{path.rpartition('/')[2]}?{query}")
        if silent[0]:
            return 503, "text/html", b""
        given = parse_qs(query)
        body: Any = {"events": games.get(given["dates"][0], [])} if "dates" in given else SUMMARY
        return 200, "application/json", json.dumps(body).encode()

    server.answers["/sports/baseball/mlb/"] = answer
    write_rows(place / "list.tsv", [
        {"id": "a", "path": "a.wav", "title": "Herons @ Kites 4/1/2019", "published": ""},
        {"id": "b", "path": "b.wav", "title": "Otters vs Millers", "published": "2019-04-02"},
        {"id": "c", "path": "c.wav", "title": "PEN at KES recap", "published": "2019-04-02"},
        {"id": "d", "path": "d.wav", "title": "A talk", "published": ""},
    ])  # fmt: skip
    source = {"source": "table", "path": "list.tsv"}
    entry = {
        "provider": "espn", "sport": "baseball", "league": "mlb",
        "base_url": f"{server.base}/sports",
    }  # fmt: skip
    assert len(resolve(source, context=[entry])) == 4  # silent: the next run asks again
    assert current_round(place / "results" / "store", "resolve") == 1
    silent[0] = False
    a, b, c, d = resolve(source, context=[entry])
    assert a["context"] == {
        "published": "", "event": "Game 1", "event_id": "1", "event_date": "2019-04-01",
        "season": 2019, "season_type": "regular season", "venue": "The Park",
        "team_home": "Kessock Kites", "team_home_abbreviation": "KES",
        "team_away": "Pendry Herons", "team_away_abbreviation": "PEN",
        "players": "Kenta Tsukamoto, Tobias Okafor",
        "players_home": "Kenta Tsukamoto", "players_away": "Tobias Okafor",
        "player_positions": "Kenta Tsukamoto (SS), Tobias Okafor (P)",
    }  # fmt: skip
    assert "event" not in b["context"]  # two games fit
    assert c["context"]["event_date"] == "2019-04-01"  # published the day after
    assert d["context"] == {"published": ""}
    count = len(asked)
    assert resolve(source, context=[entry]) == [a, b, c, d]
    assert len(asked) == count


def test_espn_is_asked_again_about_games_that_may_not_be_over(
    place: Path, resolve: Resolve, server: FaultServer
) -> None:
    server.answers["/sports/"] = lambda *_: (200, "application/json", b'{"events": []}')
    today = datetime.now(UTC).date().isoformat()
    rows = [
        {"id": name, "path": f"{name}.wav", "title": f"Herons @ Kites {day}"}
        for name, day in (("a", "2019-04-01"), ("b", today))
    ]
    write_rows(place / "list.tsv", rows)
    base = f"{server.base}/sports"
    entry = {"provider": "espn", "sport": "baseball", "league": "mlb", "base_url": base}
    for _ in range(2):
        resolve({"source": "table", "path": "list.tsv"}, context=[entry])
    asked = [query for _, _, query in server.log]
    assert asked == ["dates=20190401", *[f"dates={today.replace('-', '')}"] * 2]
