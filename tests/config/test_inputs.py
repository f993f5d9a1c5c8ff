"""What the files that a config names cannot give is said before anything is run."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from results_folder import item_row
from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.tables import ITEMS, write_table
from snakescribe.workflow.check import check_config

FILES = {
    "talks/a.mp3": "",
    "empty/notes.txt": "",
    "references/a.txt": "so it goes",
    "good.tsv": "id\taudio\treference\tlanguage\tgenre\nx\ttalks/a.mp3\tso it goes\ten\tnews\n",
    "talks/b.mp3": "",
    "two.tsv": "id\taudio\treference\tgenre\nx\ttalks/a.mp3\tso\t\ny\ttalks/b.mp3\tso\tnews\n",
    "noaudio.tsv": "id\taudoi\nx\ttalks/a.mp3\n",
    "lost.tsv": "id\taudio\treference\nx\ttalks/x.mp3\tso it goes\ny\ty.mp3\t\n",
    "gap.csv": "id,audio\nx,talks/a.mp3\ny,\n",
    "ragged.csv": "id,audio\nx,talks/a.mp3,more\n",
    "latin.tsv": "id\taudio\nx\tcaf\xe9.mp3\n",
    "german.tsv": "id\taudio\tlanguage\nx\ttalks/a.mp3\tde\n",
    "badlang.tsv": "id\taudio\tlanguage\nx\ttalks/a.mp3\tEnglish (US)\n",
    "klingon.tsv": "id\taudio\tlanguage\nx\ttalks/a.mp3\ttlh\n",
    "ids.tsv": "id\tlanguage\nabcdefghijk\tGermanic\n",
    "context.tsv": "id\tplayers\nx\tOkafor\n",
    "noid.tsv": "name\tplayers\nx\tOkafor\n",
    "teams.tsv": "team\tshort\nHerons\tHER\n",
    "context.jsonl": '{"id": "x", "players": "Okafor"}\n',
    "noref.tsv": "id\ttext_of_it\nx\tso it goes\n",
    "empty.stm": ";; nothing\n",
    "empty.sql": " \n",
    "terms.csv": "term\nOkafor\n",
}
BASE: dict[str, Any] = {
    "recordings": [{"source": "table", "path": "good.tsv"}],
    "context": [{"table": "context.tsv"}],
    "models": {"tiny": {"weights": "tiny"}},
    "prompts": {"none": "", "names": "{players}"},
    "experiments": {"study": {"factors": {"prompt": ["none", "names"]}}},
}
FOLDER = {"source": "folder", "path": "talks", "references": "references"}
LEVELS = {"factors": {"prompt": ["none"]}}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SNAKESCRIBE_DATABASE_URL", raising=False)
    for name, text in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(text.encode("latin-1" if name == "latin.tsv" else "utf-8"))


def config_check(change: dict[str, Any], *options: str) -> Result:
    config = {**copy.deepcopy(BASE), **change}
    Path("mine.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return CliRunner().invoke(cli, ["config", "check", "mine.yaml", *options])


def table(path: str) -> list[dict[str, Any]]:
    return [{"source": "table", "path": path}]


ERRORS: dict[str, tuple[dict[str, Any], str]] = {
    "folder is not there": (
        {"recordings": [{"source": "folder", "path": "talk"}]},
        "recordings.0.path: no audio file matches 'talk'; paths are relative to",
    ),
    "folder without audio": (
        {"recordings": [{"source": "folder", "path": "empty"}]},
        "recordings.0.path: no audio file matches 'empty'",
    ),
    "pattern matches nothing": (
        {"recordings": [{"source": "folder", "path": "talks/**/*.wav"}]},
        "recordings.0.path: no audio file matches 'talks/**/*.wav'",
    ),
    "no path at all": (
        {"recordings": table("x\0" + "x" * 5000)},
        "recordings.0.path: no such file: x",
    ),
    "terms of a column that the table lacks": (
        {
            "prompts": {
                "none": "",
                "names": {"template": "{terms}", "terms": "terms.csv", "where": "tem == {genre}"},
            }
        },
        "prompts.names.where: terms.csv has no column 'tem'; did you mean 'term'?",
    ),
    "terms of a field that no recording has": (
        {
            "prompts": {
                "none": "",
                "names": {"template": "{terms}", "terms": "terms.csv", "where": "term == {gerne}"},
            }
        },
        "prompts.names: no recording has a field 'gerne'; did you mean 'genre'?",
    ),
    "terms by no test": (
        {
            "prompts": {
                "none": "",
                "names": {"template": "{terms}", "terms": "terms.csv", "where": "term is {genre}"},
            }
        },
        "prompts.names.where: 'term is {genre}': 'term is {genre}' is no test; write a column",
    ),
    "models without entries": (
        {"models": {}},
        "models: {} should be non-empty: the experiments need a model",
    ),
    "filter on a day that nobody tells": (
        {
            "recordings": [
                {"source": "folder", "path": "talks", "match_filters": {"event_from": "2019-04-01"}}
            ]
        },
        "recordings.0.match_filters.event_from: no table and no provider gives the field "
        "'event_date'; add {provider: event} to `context`",
    ),
    "filter on a field that nobody has": (
        {
            "recordings": [
                {
                    "source": "folder",
                    "path": "talks",
                    "match_filters": {"exclude": {"fields": {"titel": "x"}}},
                }
            ]
        },
        "recordings.0.match_filters.exclude.fields.titel: no table and no provider gives the "
        "field 'titel'; did you mean 'title'?",
    ),
    "field with a format": (
        {"prompts": {"none": "", "names": "{players!r:>9}"}},
        "prompts.names: prompt template '{players!r:>9}': '{players!r:>9}' is not a plain field",
    ),
    "table without audio": (
        {"recordings": table("noaudio.tsv")},
        "recordings.0.path: noaudio.tsv: a table of recordings says where the audio lies (path or "
        "URL) in one of the columns audio, path, file, url; it has id, audoi; is 'audoi' meant?",
    ),
    "row without audio": (
        {"recordings": table("gap.csv")},
        "recordings.0.path: gap.csv: line 3: no audio: give a path or a URL",
    ),
    "ragged row": (
        {"recordings": table("ragged.csv")},
        "recordings.0.path: ragged.csv: line 2: 3 cells where the header has 2",
    ),
    "Latin-1 table": (
        {"recordings": table("latin.tsv")},
        "recordings.0.path: latin.tsv: line 2: not UTF-8 text; save the file as UTF-8; as "
        "cp1252 (Windows, Latin-1) it reads 'x\tcafé.mp3'",
    ),
    "context without id": (
        {"context": [{"table": "noid.tsv"}]},
        "context.0.table: noid.tsv: a context table names the recordings in a column `id`; it has",
    ),
    "teams without name": (
        {"context": [{"provider": "event", "teams": "teams.tsv"}]},
        "context.0.teams: teams.tsv: a table of teams names them in a column `name`; it has team",
    ),
    "empty folder of references": (
        {"recordings": [{**FOLDER, "references": "talks"}]},
        "recordings.0.references: talks: no reference in this folder; references are files named",
    ),
    "no reference beside": (
        {"recordings": [{**FOLDER, "references": "beside"}]},
        "recordings.0.references: no file that ends in .stm, ",
    ),
    "no reference beside a table's": (
        {"recordings": [{**table("good.tsv")[0], "references": "beside"}]},
        "recordings.0.references: no file that ends in .stm, ",
    ),
    "beside what is far away": (
        {"recordings": [{"source": "url", "urls": ["http://[::1]:9/x"], "references": "beside"}]},
        "recordings.0.references: 'beside' is for folders and tables of local files",
    ),
    "table without references": (
        {"recordings": [{**FOLDER, "references": "noref.tsv"}]},
        "recordings.0.references: noref.tsv: a table of references has `id` and `reference`",
    ),
    "empty scoring file": (
        {"recordings": [{**FOLDER, "references": "empty.stm"}]},
        "recordings.0.references: empty.stm: no line with a reference",
    ),
    "empty query": (
        {"recordings": [{"source": "database", "query": "empty.sql"}]},
        "recordings.0.query: empty.sql: the file is empty",
    ),
    "unknown prompt field": (
        {"prompts": {"none": "", "names": "{plyers} in {genre}"}},
        "prompts.names: no recording has a field 'plyers'; did you mean 'players'?",
    ),
    "no such language": (
        {"decoding": {"greedy": {"language": "klingonish"}}},
        "decoding.greedy.language: 'klingonish' is no language; write a code such as 'en', 'de'",
    ),
    "a language that Whisper does not know": (
        {"decoding": {"greedy": {"language": "tlh"}}},
        "decoding.greedy.language: Whisper knows no language 'tlh'; leave this out, or take",
    ),
    "no such language of captions": (
        {"acquire": {"caption_languages": ["en", "en_US", "English", "de-orig", "Germanic"]}},
        "acquire.caption_languages: 'Germanic' is no language; write a code such as 'en'",
    ),
    "no such language in a table": (
        {"recordings": table("badlang.tsv")},
        "badlang.tsv: line 2 ('x'): 'English (US)' is no language; write 'en', or leave it to",
    ),
    "no such language in a table of ids": (
        {
            "recordings": [{"source": "youtube", "files": ["ids.tsv"]}],
            "context": [],
            "prompts": {"none": ""},
            "experiments": {"study": LEVELS},
        },
        "ids.tsv: line 2 ('abcdefghijk'): 'Germanic' is no language; write a code",
    ),
    "a language in a table that Whisper does not know": (
        {"recordings": table("klingon.tsv")},
        "klingon.tsv: line 2 ('x'): Whisper knows no language 'tlh'",
    ),
    "no such language of a folder": (
        {"recordings": [{**FOLDER, "language": "xx"}]},
        "the source talks: 'xx' is no language; write a code such as 'en'",
    ),
    "English only": (
        {"models": {"t": {"weights": "tiny.en"}}, "decoding": {"g": {"language": "de"}}},
        "decoding.g.language: models.t knows English only, not 'de'; take a multilingual model",
    ),
    "German for an English model": (
        {
            "models": {"t": {"weights": "tiny.en"}},
            "recordings": table("german.tsv"),
            "experiments": {"study": LEVELS},
            "prompts": {"none": ""},
        },
        "german.tsv: line 2 ('x'): models.t knows English only, not 'de'; take a multilingual",
    ),
    "translation of English": (
        {"models": {"t": {"weights": "tiny.en"}}, "decoding": {"g": {"task": "translate"}}},
        "decoding.g.task: models.t: it knows English only, and translates nothing; take another",
    ),
    "translation by turbo": (
        {"models": {"t": {"weights": "large-v3-turbo"}}, "decoding": {"g": {"task": "translate"}}},
        "decoding.g.task: models.t: turbo was not trained to translate, and writes what was said",
    ),
    "folder without weights": (
        {"models": {"t": {"weights": "talks"}}},
        "models.t.weights: talks: no model.bin in this folder, which a CTranslate2 model has",
    ),
}


@pytest.mark.parametrize(("change", "message"), ERRORS.values(), ids=ERRORS)
def test_what_cannot_work_is_an_error(change: dict[str, Any], message: str) -> None:
    result = config_check(change, "--offline")
    assert isinstance(result.exception, UserError), result.output
    lines = str(result.exception).splitlines()
    assert any(line.startswith("mine.yaml: ") and message in line for line in lines), lines


WARNINGS: dict[str, tuple[dict[str, Any], str]] = {
    "files that are not there": (
        {"recordings": table("lost.tsv")},
        "recordings.0.path: lost.tsv: no file is there of the first 2 that it names, such as "
        "talks/x.mp3; paths are relative to the working directory or to the table",
    ),
    "no references": (
        {"recordings": [{"source": "folder", "path": "talks"}]},
        "recordings: no source gives a reference transcript, so that nothing can be scored",
    ),
    "fields of sites": (
        {"prompts": {"none": "", "names": "{description}"}},
        "prompts.names: 'description' is told by sites, but all recordings are files here",
    ),
    "terms without place": (
        {"prompts": {"none": "", "names": {"template": "{players}", "terms": "terms.csv"}}},
        "prompts.names.terms: the template has no {terms} to put them",
    ),
    "budget of nothing": (
        {"prompts": {"none": {"template": "", "max_tokens": 9}, "names": "{players}"}},
        "prompts.none.template: empty, so that `terms` and `max_tokens` change nothing",
    ),
    "equal prompts": (
        {"prompts": {"none": "{players}", "names": "{players}"}},
        "prompts.names: the same as prompts.none, with which experiments.study compares it",
    ),
    "equal decode options": (
        {
            "decoding": {"a": {"beam_size": 1}, "b": {}},
            "experiments": {"s": {"factors": {"decoding": ["a", "b"], "prompt": ["none"]}}},
        },
        "decoding.b: the same as decoding.a, with which experiments.s compares it",
    ),
    "equal audio": (
        {
            "audio": {"raw": [], "also": []},
            "experiments": {"s": {"factors": {"audio": ["raw", "also"], "prompt": ["none"]}}},
        },
        "audio.also: the same as audio.raw",
    ),
    "German that may be left out": (
        {"models": {"t": {"weights": "tiny.en"}},
         "recordings": [{**table("german.tsv")[0], "match_filters": {"title": "a"}}],
         "experiments": {"study": LEVELS}, "prompts": {"none": ""}},
        "models.t: knows English only, but the language of a recording may be 'de' (german.tsv: l",
    ),
    "a program without prompts": (
        {"models": {"echo": {"engine": "command", "weights": "cat {audio}"}}},
        "prompts.names: models.echo is never given it; write {prompt} where the command takes it",
    ),
    "recordings without a field": (
        {"recordings": table("two.tsv")},
        "prompts.names: 1 recording has nothing in 'players', whose clause is left out: y",
    ),
    "an empty cell": (
        {"recordings": table("two.tsv"), "prompts": {"none": "", "names": "Of {genre}."}},
        "prompts.names: 1 recording has nothing in 'genre', whose clause is left out: x",
    ),
    "patience without beams": (
        {"decoding": {"greedy": {"patience": 2}}},
        "decoding.greedy.patience: changes nothing without a `beam_size` above 1",
    ),
    "no times of words": (
        {"decoding": {"greedy": {"word_timestamps": False}}},
        "decoding.greedy.word_timestamps: false leaves the metrics calibration and timing empty",
    ),
    "no terms": (
        {"scoring": {"metrics": ["wer", "terms"]}},
        "scoring.metrics: 'terms' has no terms to count",
    ),
    "unknown stratum": (
        {"scoring": {"strata": {"gerne": []}}},
        "scoring.strata: no recording has a field 'gerne'; did you mean 'genre'?",
    ),
    "unknown field of terms": (
        {"scoring": {"terms": {"fields": ["player"]}}},
        "scoring.terms.fields: no recording has a field 'player'; did you mean 'players'?",
    ),
    "speech with fixed cuts": (
        {"chunking": {"method": "fixed", "pad_ms": 9}},
        "chunking.method: `fixed` looks for no speech: pad_ms change nothing",
    ),
    "more padding than chunk": (
        {"chunking": {"max_seconds": 1, "pad_ms": 600}},
        "chunking.pad_ms: 600 ms before and after speech are as long as a whole chunk of 1 s",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), WARNINGS.values(), ids=WARNINGS)
def test_what_hardly_can_be_meant_is_a_warning(change: dict[str, Any], message: str) -> None:
    result = config_check(change)
    assert result.exit_code == 0, (result.output, result.exception)
    assert f"warning: {message}" in result.stderr


def test_a_good_config_has_no_warning_and_says_what_will_be_fetched() -> None:
    result = config_check({"prompts": {**BASE["prompts"], "idle": "x"}})
    assert result.exit_code == 0, (result.output, result.exception)
    assert result.stderr.splitlines() == [
        "note: prompts.idle: no experiment uses it",
        "note: recordings.0.path: good.tsv: table, 1 row: audio; id; language; reference; "
        "fields: genre",
        f"note: models.tiny: the run fetches the weights to {Path.cwd() / 'cache/models/tiny'}",
    ]
    cached = Path("cache/models/tiny")
    cached.mkdir(parents=True)
    (cached / "model.bin").write_bytes(b"")
    assert "note: models.tiny: the weights are in the cache" in config_check({}).stderr


@pytest.mark.parametrize(
    "change",
    [
        {"recordings": [{"source": "database", "query": "SELECT 1"}]},
        {"context": [{"table": "context.tsv"}, {"provider": "event", "extractor": "mod:extract"}]},
        {"context": [{"table": "context.jsonl"}, {"provider": "mod:Provider"}]},
    ],
)
def test_where_any_field_may_come_none_is_unknown(
    change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mod.py").write_text(
        "def extract(about, order):\n    return {}\n\n\n"
        "class Provider:\n    def __init__(self, entry):\n        pass\n\n"
        "    def fields(self, about, web):\n        return {}\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(Path.cwd()))
    result = config_check({**change, "prompts": {"none": "", "names": "{anything}"}}, "--offline")
    assert result.exit_code == 0, (result.output, result.exception)


@pytest.mark.parametrize(
    ("context", "field"),
    [
        ({"provider": "event"}, "team_home"),
        ({"provider": "espn", "sport": "baseball", "league": "mlb"}, "player_positions"),
    ],
)
def test_fields_of_our_providers_are_known(context: dict[str, Any], field: str) -> None:
    good = config_check({"context": [context], "prompts": {"none": "", "names": f"{{{field}}}"}})
    assert good.exit_code == 0, (good.output, good.exception)
    bad = config_check({"context": [context], "prompts": {"none": "", "names": f"{{{field}s}}"}})
    assert f"did you mean '{field}'?" in str(bad.exception)


def test_a_field_that_an_earlier_run_listed_is_known() -> None:
    config = {**copy.deepcopy(BASE), "prompts": {"none": "", "names": "{mascot}"}}
    with pytest.raises(UserError, match="no recording has a field 'mascot'"):
        check_config(config, "mine.yaml", inputs=True)
    row = item_row("x", "s00000", context={"mascot": "owl"})
    write_table(ITEMS, Results(Path("results")).path(ITEMS), [row])
    check_config(config, "mine.yaml", inputs=True)


@pytest.mark.slow
def test_of_a_long_table_the_head_is_read() -> None:
    rows = "".join(f'{number},talks/a.mp3,"so\nit goes"\n' for number in range(20_000))
    Path("long.csv").write_text(f"id,audio,reference\n{rows}not,a,good,line\n", encoding="utf-8")
    result = config_check({"recordings": table("long.csv")})
    assert result.exit_code == 0, (result.output, result.exception)
    wrong = config_check({"recordings": table("long.csv"), "context": []})
    assert "no recording has a field 'players'" in str(wrong.exception)


def test_results_are_read_though_the_audio_is_gone() -> None:
    config = {**copy.deepcopy(BASE), "recordings": [{"source": "folder", "path": "gone"}]}
    assert check_config(config, "mine.yaml").results == "results"


def test_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = "postgresql://me:hush@127.0.0.1:9/db?connect_timeout=60"
    result = config_check({"database": {"url": dead}})
    assert "mine.yaml: database.url: the database at 127.0.0.1:9/db does not answer" in str(
        result.exception
    )
    assert "hush" not in str(result.exception)
    assert config_check({"database": {"url": dead}}, "--offline").exit_code == 0
    query = {"source": "database", "query": "SELECT 1", "url_variable": "MY_URL"}
    result = config_check({"recordings": [query]})
    assert "recordings.0.url_variable: MY_URL is not set in the environment" in str(
        result.exception
    )
    monkeypatch.setenv("MY_URL", dead)
    result = config_check({"recordings": [query]})
    assert "recordings.0.url_variable: the database at 127.0.0.1:9/db" in str(result.exception)
    monkeypatch.setenv("MY_URL", "mysql://x")
    result = config_check({"recordings": [query]})
    assert "recordings.0.url_variable: MY_URL: this is not a Postgres URL" in str(result.exception)


def test_a_provider_gives_what_is_declared() -> None:
    from snakescribe.acquire.context.event import EventProvider
    from snakescribe.acquire.context.provider import About
    from snakescribe.config.context import EventContext

    Path("teams.tsv").write_text("name\nHerons\nKites\n", encoding="utf-8")
    provider = EventProvider(EventContext(provider="event", teams="teams.tsv"))
    for title in ("2019-04-01 Herons at Kites", "2019-04-01 Herons vs Kites", "Herons"):
        assert provider.fields(About(title, "", ""), None).keys() <= {*EventContext.GIVES}


def test_names_of_an_earlier_download_give_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old").mkdir()
    name = "bos at nya - 2019.04.16 - [en]{fid-140}{e-401075123}{yt-dQw4w9WgXcQ}.m4a"
    Path("old", name).touch()
    filters = {"event_from": "2019-04-01", "tags": "MLB", "fields": {"team_home": "Yankees"}}
    source = {"source": "folder", "path": "old", "match_filters": filters}
    config = check_config({"recordings": [source]}, "mine.yaml", inputs=True)
    assert config.experiments == {}
    Path("old", name).rename(Path("old", "game.m4a"))
    with pytest.raises(UserError, match="gives the field 'event_date'"):
        check_config({"recordings": [source]}, "mine.yaml", inputs=True)


def test_what_a_server_needs_is_told_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def models(**entry: Any) -> dict[str, Any]:
        asked = {"engine": "http", "weights": "some-model", **entry}
        return {"models": {"asked": asked}, "experiments": {}}

    for entry, problem in (
        ({}, "key_variable: OPENAI_API_KEY is not set in the environment"),
        ({"url": "localhost:8000"}, "url: this is not an http or https address"),
        ({"url_variable": "MY_URL"}, "url_variable: MY_URL is not set in the environment"),
        ({"url": "http://a/v1", "key_variable": "MY_KEY"}, "key_variable: MY_KEY is not set"),
        ({"url": "http://a/v1", "engine": "faster-whisper", "weights": "tiny.en"}, "url: the eng"),
    ):
        assert f"mine.yaml: models.asked.{problem}" in str(config_check(models(**entry)).exception)
    monkeypatch.setenv("MY_KEY", "hush")
    result = config_check(models(url="http://127.0.0.1:1/v1", key_variable="MY_KEY"))
    assert result.exit_code == 0, (result.output, result.exception)
    assert "hush" not in result.output


@pytest.mark.parametrize("language", ["en-US", "EN", "English", "eng", "en_GB.UTF-8"])
def test_english_is_english_however_it_is_written(language: str) -> None:
    change = {
        "models": {
            "faster": {"weights": "tiny.en"},
            "slower": {"engine": "openai-whisper", "weights": "tiny.en"},
        },
        "recordings": [{**FOLDER, "language": language}],
        "decoding": {"told": {"language": language}, "auto": {}},
        "prompts": {"none": ""},
        "experiments": {
            "s": {"factors": {"model": ["faster", "slower"], "decoding": ["told", "auto"]}}
        },
    }
    result = config_check(change, "--offline")
    assert result.exit_code == 0, (result.output, result.exception)
