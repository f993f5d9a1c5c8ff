"""Who played: games by id and by names, as fields and tables; files of earlier downloads."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from acquire_steps import FAST, run_cli, write_rows
from data_api import Api, resource
from fault_server import FaultServer
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.acquire.context.espn import _read_game
from snakescribe.acquire.rounds import current_round
from snakescribe.acquire.sources.earlier import found_in_file
from snakescribe.acquire.teams import find_teams, read_teams
from snakescribe.paths import team_table
from snakescribe.results import Results
from snakescribe.tables import RECORDINGS, Row, read_table, write_table
from snakescribe.tables.metadata import GAME_PLAYERS, GAME_TABLES, GAME_TEAMS, GAMES, VIDEOS

Resolve = Callable[..., list[Row]]
YANKEES = {"id": "10", "location": "New York", "name": "Yankees", "abbreviation": "NYY",
           "displayName": "New York Yankees", "shortDisplayName": "Yankees"}  # fmt: skip
RED_SOX = {"id": "2", "location": "Boston", "name": "Red Sox", "abbreviation": "BOS",
           "displayName": "Boston Red Sox", "shortDisplayName": "Red Sox"}  # fmt: skip
METS = {"id": "21", "location": "New York", "name": "Mets", "abbreviation": "NYM",
        "displayName": "New York Mets", "shortDisplayName": "Mets"}  # fmt: skip
VIDEO = "dQw4w9WgXcQ"
EARLIER = (
    "bos at nya - 2019.04.16 - [en][3H 2M 1S][44100][No DRC][mp4a.40.2][3][medium]"
    f"{{fid-140}}{{e-401075123}}{{yt-{VIDEO}}}.m4a"
)


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


def side(where: str, team: dict[str, str], score: str = "3") -> dict[str, Any]:
    return {"homeAway": where, "team": team, "score": score}


def box(team: dict[str, str], *players: tuple[str, str, str]) -> dict[str, Any]:
    athletes = [
        {"athlete": {"id": number, "displayName": name}, "position": {"abbreviation": position}}
        for number, name, position in players
    ]
    return {"team": {"id": team["id"]}, "statistics": [{"type": "batting", "athletes": athletes}]}


class Espn:
    """ESPN's site API, as far as it is known, on the tests' server: games by day and by id."""

    def __init__(self, server: FaultServer) -> None:
        self.days: dict[str, list[dict[str, Any]]] = {}
        self.summaries: dict[str, Any] = {}
        self.asked: list[str] = []
        server.answers["/sports/baseball/mlb/"] = self.answer
        self.entry = {"provider": "espn", "sport": "baseball", "league": "mlb",
                      "base_url": f"{server.base}/sports"}  # fmt: skip

    def answer(self, path: str, query: str) -> tuple[int, str, bytes]:
        self.asked.append(f"{path.rpartition('/')[2]}?{query}")
        given = parse_qs(query)
        if "dates" in given:
            body: Any = {"events": self.days.get(given["dates"][0], [])}
        elif given["event"][0] in self.summaries:
            body = self.summaries[given["event"][0]]
        else:
            return 404, "application/json", b'{"code": 404}'
        return 200, "application/json", json.dumps(body).encode()

    def add(self, number: str, day: str, away: dict[str, str], home: dict[str, str]) -> None:
        """Add a game whose box score names the guests first, and Tobias Okafor on both lines."""
        competition = {"date": f"{day}T23:05Z", "venue": {"fullName": "The Park"},
                       "competitors": [side("home", home), side("away", away, "8")]}  # fmt: skip
        season = {"year": 2019, "type": 3}
        self.days.setdefault(day.replace("-", ""), []).append({
            "id": number, "date": f"{day}T23:05Z", "season": season, "competitions": [competition],
            "name": f"{away['displayName']} at {home['displayName']}",
            "shortName": f"{away['abbreviation']} @ {home['abbreviation']}",
        })  # fmt: skip
        self.summaries[number] = {
            "header": {"id": number, "season": season, "competitions": [
                {key: value for key, value in competition.items() if key != "venue"}]},
            "gameInfo": {"venue": {"fullName": "The Park"}},
            "boxscore": {"players": [
                box(away, ("1", "Tobias Okafor", "DH"), ("1", "Tobias Okafor", "P")),
                box(home, ("3", "Kenta Tsukamoto", "SS"), ("4", "Ann Lee", "")),
            ]},
        }  # fmt: skip


@pytest.fixture
def espn(server: FaultServer) -> Espn:
    return Espn(server)


def game_tables(place: Path) -> dict[str, list[Row]]:
    results = Results(place / "results")
    return {table.name: list(read_table(table, results.path(table))) for table in GAME_TABLES}


FIELDS = {
    "event": "Boston Red Sox at New York Yankees", "event_id": "401075123",
    "event_date": "2019-04-16", "season": 2019, "season_type": "postseason", "venue": "The Park",
    "team_home": "New York Yankees", "team_home_abbreviation": "NYY",
    "team_away": "Boston Red Sox", "team_away_abbreviation": "BOS",
    "players_home": "Kenta Tsukamoto, Ann Lee", "players_away": "Tobias Okafor",
    "players": "Kenta Tsukamoto, Ann Lee, Tobias Okafor",
    "player_positions": "Kenta Tsukamoto (SS), Ann Lee, Tobias Okafor (DH)",
}  # fmt: skip


def test_players_by_team_are_fields_and_tables(place: Path, resolve: Resolve, espn: Espn) -> None:
    espn.add("401075123", "2019-04-16", RED_SOX, YANKEES)
    title = "Red Sox vs. Yankees | 4/16/2019"
    write_rows(place / "list.tsv", [{"id": "a", "path": "a.wav", "title": title}])
    (row,) = resolve({"source": "table", "path": "list.tsv"}, context=[espn.entry])
    assert row["context"] == FIELDS
    tables = game_tables(place)
    assert tables[GAMES.name] == [{
        "recording": "a", "provider": "espn", "event_id": "401075123", "event": FIELDS["event"],
        "short_name": "BOS @ NYY", "event_date": "2019-04-16", "starts_at": "2019-04-16T23:05Z",
        "season": 2019, "season_type": "postseason", "venue": "The Park",
    }]  # fmt: skip
    assert [(one["side"], one["team"], one["score"]) for one in tables[GAME_TEAMS.name]] == [
        ("home", "New York Yankees", 3), ("away", "Boston Red Sox", 8),
    ]  # fmt: skip
    assert [
        (one["number"], one["team"], one["player"], one["player_id"], one["position"])
        for one in tables[GAME_PLAYERS.name]
    ] == [
        (0, "New York Yankees", "Kenta Tsukamoto", "3", "SS"),
        (1, "New York Yankees", "Ann Lee", "4", None),
        (2, "Boston Red Sox", "Tobias Okafor", "1", "DH"),
    ]


def test_files_of_the_earlier_downloader_are_as_if_downloaded(
    place: Path, espn: Espn, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    espn.add("401075123", "2019-04-16", RED_SOX, YANKEES)
    espn.add("401075124", "2019-04-16", RED_SOX, YANKEES)  # a second game of the day
    espn.add("401075200", "2019-04-17", RED_SOX, METS)
    folder = place / "old" / "2019" / "04" / "16"
    folder.mkdir(parents=True)
    (folder / EARLIER).touch()
    info = {"id": VIDEO, "extractor": "youtube", "title": "A night at the park", "tags": ["MLB"],
            "upload_date": "20190420", "duration": 10921, "channel": "Talks", "epoch": 1555718400,
            "view_count": 77, "description": "About it"}  # fmt: skip
    (folder / EARLIER.replace(".m4a", ".json")).write_text(json.dumps(info), encoding="utf-8")
    other = place / "old" / "2019" / "04" / "17"
    other.mkdir()
    (other / "bos at nyn - unknown_date - [en]{fid-140}{yt-BBBBBBBBBBB}.m4a").touch()
    monkeypatch.setenv("YOUTUBE_API_KEY", "secret")
    api = Api(server, quota=9)
    api.unknown = {VIDEO}  # it is gone: what was left beside the file tells of it
    api.resources["BBBBBBBBBBB"] = resource("BBBBBBBBBBB", title="Highlights")
    result = run_cli(
        "acquire", "resolve", "--sources", json.dumps([{"source": "folder", "path": "old"}]),
        "--context", json.dumps([espn.entry]), "--youtube-api-url", api.url,
        "--store", "results/store", "--output", "results/items.tsv",
    )  # fmt: skip
    assert result.exit_code == 0
    second, first = sorted(Results(place / "results").items(), key=lambda item: item["recording"])
    assert (first["recording"], first["title"]) == (VIDEO, "A night at the park")
    assert first["context"] == {
        **FIELDS, "teams": "Boston Red Sox, New York Yankees", "published": "2019-04-20",
        "duration_seconds": 10921, "channel": "Talks", "tags": "MLB", "description": "About it",
    }  # fmt: skip
    assert sorted(espn.asked) == [
        "scoreboard?dates=20190417", "summary?event=401075123", "summary?event=401075200",
    ]  # fmt: skip
    assert second["title"] == "Highlights"
    assert second["context"]["event_id"] == "401075200"
    assert second["context"]["team_home"] == "New York Mets"
    write_table(RECORDINGS, place / "results" / "recordings" / "s00000.tsv", [])
    run_cli("acquire", "describe", "--results", "results", "--youtube-api-url", api.url)
    rows = {row["recording"]: row for row in read_table(VIDEOS, place / "results" / VIDEOS.path)}
    video = rows[VIDEO]
    assert (video["source"], video["title"], video["view_count"], video["retrieved_at"]) == (
        "yt-dlp", "A night at the park", 77, "2019-04-20T00:00:00Z",
    )  # fmt: skip
    assert rows["BBBBBBBBBBB"]["source"] == "youtube-api"


@pytest.mark.slow
def test_a_site_that_is_silent_is_not_asked_for_each_of_many_files(
    place: Path, resolve: Resolve, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEOSITE", server.base)
    server.answers["/api/"] = lambda *_: (503, "text/html", b"")
    for number in range(9):
        (place / f"talk {{yt-{number:011d}}}.wav").touch()
    (place / f"2019-04-01 {{yt-{VIDEO}}}.wav").touch()
    rows = resolve({"source": "folder", "path": "."}, context=[{"provider": "event"}])
    assert len(rows) == 10
    asked = {path for path, _, _ in server.log}
    assert asked == {f"/api/video/{number:011d}" for number in range(5)}
    assert current_round(place / "results" / "store", "resolve") == 1


@pytest.mark.parametrize(
    ("name", "context"),
    [
        (EARLIER, {"event_date": "2019-04-16", "team_away": "Boston Red Sox", "event_id":
                   "401075123", "team_home": "New York Yankees",
                   "teams": "Boston Red Sox, New York Yankees"}),
        ("2019/04/01/unknown at ana - unknown_date - [en]{yt-dQw4w9WgXcQ}.m4a",
         {"event_date": "2019-04-01", "team_home": "Los Angeles Angels",
          "teams": "Los Angeles Angels"}),
        ("unknown_teams/unknown_date/Unknown at Unknown - unknown_date - [20190401]"
         "{yt-20190401abc}.m4a", {}),
        ("2019/04/01/bos at nya - 2019.04.16.m4a", {}),  # no mark: anybody's file
        ("2019-04-01 {yt-dQw4w9WgXcQ}.m4a", {"event_date": "2019-04-01"}),
        ("Sox {e-12}.mp3", {"event_id": "12"}),
        ("{e-x}{yt-short}.mp3", {}),
    ],
)  # fmt: skip
def test_names_of_earlier_downloads(name: str, context: dict[str, str]) -> None:
    assert found_in_file(Path(name)).context == context


def test_an_event_that_nobody_knows_is_a_notice(
    place: Path, resolve: Resolve, espn: Espn, caplog: pytest.LogCaptureFixture
) -> None:
    espn.summaries["2"] = {"header": "nonsense"}
    for number in (1, 2):
        (place / f"game {{e-{number}}}.wav").touch()
    rows = resolve({"source": "folder", "path": "."}, context=[espn.entry])
    assert [row["context"] for row in rows] == [{"event_id": "1"}, {"event_id": "2"}]
    told = [message for message in caplog.messages if "event" in message]
    assert len(told) == 2
    assert "no event 1: HTTP Error 404" in told[0]
    assert "event 2 is not told as a game" in told[1]


def test_a_city_of_two_teams_tells_neither(place: Path, resolve: Resolve, espn: Espn) -> None:
    espn.add("1", "2019-04-16", METS, YANKEES)
    titles = {"a": "New York at Boston 2019-04-16", "b": "Mets at Yankees 2019-04-16"}
    rows = [{"id": name, "path": f"{name}.wav", "title": title} for name, title in titles.items()]
    write_rows(place / "list.tsv", rows)
    a, b = resolve({"source": "table", "path": "list.tsv"}, context=[espn.entry])
    assert a["context"] == {}
    assert b["context"]["event_id"] == "1"


def test_the_shipped_table_of_teams(place: Path, resolve: Resolve) -> None:
    teams = read_teams(team_table("mlb"))
    assert len(teams) == 31  # thirty, and the Expos
    names = [name.casefold() for team in teams for name in {team.name, *team.names, team.code}]
    assert {name for name in names if names.count(name) > 1} <= {team.code for team in teams}
    codes = [team.code for team in teams]
    assert len(set(codes)) == 31
    for title in ("Red Sox @ Yankees 4/16/2019", "BOS at NYY, April 16, 2019"):
        pairing = find_teams(title, teams)
        assert [team.name for team in pairing.teams] == ["Boston Red Sox", "New York Yankees"]
    assert find_teams("It was min 3, New York", teams).teams == ()
    (place / "Cubs at White Sox 2019-06-18.wav").touch()
    (row,) = resolve({"source": "folder", "path": "."},
                     context=[{"provider": "event", "teams": "mlb"}])  # fmt: skip
    assert row["context"] == {
        "event_date": "2019-06-18", "teams": "Chicago Cubs, Chicago White Sox",
        "team_away": "Chicago Cubs", "team_home": "Chicago White Sox",
    }  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["competitions", "competitors", "team", "homeAway", "id", "displayName", "rosters",
             "roster", "athlete", "position", "season", "year", "boxscore", "players", "score"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON, JSON)
def test_no_answer_makes_the_reader_fall(event: Any, summary: Any) -> None:
    game = _read_game(event if isinstance(event, dict) else {}, summary, date(2019, 4, 1))
    assert game.fields()["event_date"] == "2019-04-01"
    assert all(isinstance(team.name, str) for team in game.teams)
