"""A config is checked: every mistake is one line that names file, key and remedy."""

import copy
import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from snakescribe.cli import main
from snakescribe.config.block import as_json
from snakescribe.config.draft import read_draft
from snakescribe.config.root import Config
from snakescribe.config.schema import config_schema, schema_text
from snakescribe.config.yaml_file import parse_strictly
from snakescribe.docs.generated import (
    COLUMNS,
    NOTICES,
    OPTIONS,
    TABLES,
    score_tables_text,
    tables_text,
    with_generated,
)
from snakescribe.docs.notice_kinds import kinds_text
from snakescribe.docs.options import options_table
from snakescribe.errors import UserError
from snakescribe.paths import REPOSITORY
from snakescribe.process.word_files import find_missing_words
from snakescribe.workflow.check import check_config, find_contradictions
from snakescribe.workflow.params import gpu_memory
from snakescribe.workflow.read import read_config
from snakescribe.workflow.warnings import find_warnings

PYTHON = shlex.quote(sys.executable)
SHIPPED = [path.relative_to(REPOSITORY) for path in sorted((REPOSITORY / "config").rglob("*.yaml"))]
EXAMPLES = [
    (page.name, example)
    for page in (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md")))
    for example in re.findall(
        r"^```yaml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    Path("terms.csv").write_text("term\nOkafor\n", encoding="utf-8")
    Path("words.csv").write_text("word\nOkafor\n", encoding="utf-8")
    Path("names.csv").write_text("id,players\na,Okafor\n", encoding="utf-8")
    Path("talks").mkdir()
    Path("talks/a.mp3").touch()
    return {
        "recordings": [{"source": "folder", "path": "talks"}],
        "context": [{"table": "names.csv"}],
        "models": {"tiny-en": {"weights": "tiny.en"}},
        "prompts": {"none": "", "names": "{players}"},
        "experiments": {"study": {"factors": {"prompt": ["none", "names"]}}},
    }


def read(config: dict[str, Any]) -> Config:
    path = Path("mine.yaml")
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return read_config(path)


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_shipped_configs_are_valid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binaries = Path(sys.executable).parent  # one calls `python`, which not every machine has
    monkeypatch.setenv("PATH", f"{binaries}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(REPOSITORY)
    read_config(path)


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_examples_of_the_pages_are_in_the_grammar(page: str, example: str) -> None:
    sections = json.loads(json.dumps(parse_strictly(example), default=str))  # days as texts
    shortest = {
        "recordings": [{"source": "folder", "path": "talks"}],
        "models": {"tiny": {"weights": "tiny"}},
    }
    assert Config.model_validate({**shortest, **sections}).model_fields_set >= sections.keys(), page


def test_defaults_are_filled_in_at_every_depth(small: dict[str, Any]) -> None:
    config = read(small)
    assert config.chunking.detect_on == "raw"
    assert config.models["tiny-en"].batch_size == 8
    assert config.decoding["greedy"].beam_size == 1
    assert config.prompts["names"].max_tokens == 223
    assert config.recordings[0].model_dump()["references"] == ""


def test_every_option_is_described() -> None:
    schema = config_schema()
    blocks = {"": schema, **schema["$defs"], **schema["$defs"]["filters"]}
    for name, block in blocks.items():
        for key, option in block.get("properties", {}).items():
            assert name == "Levels" or option.get("description"), f"{name}.{key}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"promts": {}}, "promts: unknown key; did you mean 'prompts'?"),
        ({"chunking": {"max_second": 20}}, "chunking.max_second: unknown key; did you mean"),
        ({"chunking": {"max_seconds": 31}}, "chunking.max_seconds: 31 is greater than"),
        ({"chunking": {"method": "vda"}}, "chunking.method: unknown value 'vda'; did you mean"),
        ({"chunking": {"detect_on": "rew"}}, "no audio variant 'rew'; did you mean 'raw'?"),
        (
            {"recordings": [{"source": "foldr", "path": "x"}]},
            "recordings.0.source: the source 'foldr' is unknown; did you",
        ),
        ({"recordings": [{"source": "folder"}]}, "recordings.0: the key 'path' is missing"),
        ({"recordings": [{"source": "table", "path": "gone.tsv"}]}, "no such file: gone.tsv"),
        (
            {"scoring": {"terms": {"tables": ["words.csv"]}}},
            "scoring.terms.tables: words.csv: a table of terms needs a column 'term'; it has word",
        ),
        (
            {"prompts": {"none": "", "names": {"template": "{terms}", "terms": "words.csv"}}},
            "prompts.names.terms: words.csv: a table of terms needs a column 'term'; it has word",
        ),
        (
            {
                "prompts": {
                    "none": "",
                    "names": {"template": "{terms}", "terms": "terms.csv", "score": "usge"},
                }
            },
            "prompts.names.terms: score 'usge': terms.csv has no column 'usge'",
        ),
        (
            {"scoring": {"strata": {"snr_db": [10, float("nan")]}}},
            "scoring.strata.snr_db.1: nan is no finite number",
        ),
        (
            {"scoring": {"strata": {"snr_db": [float("-inf"), 10]}}},
            "scoring.strata.snr_db.0: -inf is no finite number",
        ),
        (
            {"decoding": {"greedy": {"beam_size": 10**400}}},
            "is beyond 9223372036854775807, which programs can count to",
        ),
        (
            {"acquire": {"timeout_seconds": 1e12}},
            "acquire.timeout_seconds: 1000000000000.0 is greater than the maximum of 1000000",
        ),
        (
            {
                "models": {
                    "tiny": {"engine": "command", "weights": f"{PYTHON} -u hear.py {{audio}}"}
                }
            },
            "no such file: hear.py; paths are relative to the working directory",
        ),
        (
            {"scoring": {"conventions": ["math:pi"]}},
            "scoring.conventions: the convention 'math:pi' is 3.14",
        ),
        (
            {"scoring": {"normalizers": ["math:pi"]}},
            "scoring.normalizers: the normaliser 'math:pi' is 3.14",
        ),
        (
            {"scoring": {"normalizers": ["builtins:len"]}},
            "'builtins:len' is no function from text to text: of \"Dr. Okafor",
        ),
        (
            {"scoring": {"normalizers": ["math:sqrt"]}},
            "'math:sqrt' is no function from text to text: of \"Dr. Okafor",
        ),
        ({"results": "words.csv/x"}, "results: 'words.csv/x': words.csv is a file, not a folder"),
        ({"results": "~/x"}, "results: '~/x': '~' and variables are not written out here: write /"),
        ({"results": "$HOME/x"}, "results: '$HOME/x': '~' and variables are not written out here"),
        (
            {"recordings": [{"source": "table", "path": "$HOME/x.tsv"}]},
            "recordings.0.path: no such file: $HOME/x.tsv; '~' and variables are not written out "
            f"here: write {Path.home()}/x.tsv",
        ),
        (
            {"models": {"tiny": {"weights": "~/models/mine"}}},
            f"'~' and variables are not written out here: write {Path.home()}/models/mine",
        ),
        (
            {"results": "store", "recordings": [{"source": "folder", "path": "./store"}]},
            "recordings.0.path: './store' looks for recordings among what the run makes",
        ),
        (
            {
                "results": "here",
                "recordings": [{"source": "folder", "path": "here/store/**/*.wav"}],
            },
            "'here/store/**/*.wav' looks for recordings among what the run makes; name a folder",
        ),
        ({"results": "a{b}\0"}, "results: 'a{b}\\x00' has '\\x00' and '{' and '}' in it"),
        (
            {"recordings": [{"source": "url", "urls": ["http://[::1/x"]}]},
            "recordings.0.urls: 'http://[::1/x' is no http(s) URL",
        ),
        (
            {"recordings": [{"source": "rss", "feeds": ["feed.xml"]}]},
            "recordings.0.feeds: 'feed.xml' is no http(s) URL",
        ),
        (
            {"recordings": [{"source": "youtube", "videos": ["http://[::1/x"]}]},
            "recordings.0: 'http://[::1/x' is no YouTube video",
        ),
        (
            {"context": [{"provider": "espn", "sport": "s", "league": "l", "base_url": "x.org"}]},
            "context.0.base_url: 'x.org' is no http(s) URL",
        ),
        ({"acquire": {"youtube_api_url": "x.org"}}, "acquire.youtube_api_url: 'x.org' is no"),
        (
            {"models": {"t": {"engine": "command", "weights": "echo {audio"}}},
            "models.t.weights: 'echo {audio': expected '}' before end of string; write {{ for a",
        ),
        ({"audio": {"raw": ["os:nothing"]}}, " more"),
        ({"context": [{"table": "gone.tsv"}]}, "context.0.table: no such file: gone.tsv"),
        ({"models": {"a b": {"weights": "tiny.en"}}}, "'a b' is no good name"),
        ({"models": {"tiny-en": {}}}, "models.tiny-en: the key 'weights' is missing"),
        ({"models": {"tiny-en": {"weights": "tiny.eng"}}}, "did you mean 'tiny.en'?"),
        (
            {"models": {"t": {"weights": "tiny.en", "engine": "whispr"}}},
            "models.t.engine: the engine 'whispr' is unknown; did you mean 'openai-whisper'?",
        ),
        ({"audio": {"raw": [], "clean": ["weiner"]}}, "wiener"),
        ({"audio": {"raw": "wiener"}}, "audio.raw: 'wiener' is not a list"),
        ({"prompts": {"none": 3}}, "prompts.none: 3 is not a text or a map of keys"),
        ({"prompts": {"names": "{terms}"}}, "name a table of terms"),
        ({"prompts": {"names": {"template": "{terms}", "terms": "gone.csv"}}}, "gone.csv"),
        ({"prompts": {"names": "a { brace"}}, "prompts.names"),
        ({"experiments": {"s": {"factors": {"prompt": ["nmes"]}}}}, "did you mean 'names'?"),
        ({"experiments": {"s": {"design": "latin"}}}, "experiments.s.design: unknown value"),
    ],
)
def test_a_mistake_is_one_line_with_file_key_and_remedy(
    small: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError) as error:
        read({**small, **change})
    lines = str(error.value).splitlines()
    assert any(line.startswith("mine.yaml: ") and message in line for line in lines), lines


def test_several_mistakes_are_told_at_once(small: dict[str, Any]) -> None:
    with pytest.raises(UserError) as error:
        read({**small, "promts": {}, "chunking": {"max_second": 1}})
    assert len(str(error.value).splitlines()) == 2


def test_mistakes_between_sections_are_told_beside_those_in_them(small: dict[str, Any]) -> None:
    config = {
        **small,
        "recordings": [{"source": "folder"}, {"source": "table", "path": "gone.tsv"}],
        "models": {"tiny-en": {"weights": "tiny.eng"}, "broken": {}},
        "prompts": {"none": "", "names": "a { brace", "odd": 3},
        "chunking": {"max_second": 20, "method": "vda"},
        "decoding": {"greedy": {"beam_size": 0}},
        "scoring": {"metrics": ["werr"]},
        "experiments": {
            "one": {"factors": {"model": ["tiny"], "prompt": ["nmes", "odd"]}},
            "two": {
                "factors": {"model": ["broken"], "prompt": ["none"]},
                "baseline": {"audio": "x"},
            },
            "three": {"design": "latin"},
        },
    }
    with pytest.raises(UserError) as error:
        read(config)
    places = [line.split(": ")[1] for line in str(error.value).splitlines()]
    assert places == [
        "recordings.0", "chunking.method", "chunking.max_second", "models.broken", "prompts.odd",
        "decoding.greedy.beam_size", "experiments.three.design",
        "models.tiny-en.weights", "prompts.names", "scoring.metrics", "recordings.1.path",
        "experiments.one.factors.model", "experiments.one.factors.prompt",
        "experiments.two.baseline.audio",
    ]  # fmt: skip


def test_checking_changes_nothing_and_keeps_the_order_written(small: dict[str, Any]) -> None:
    small["chunking"] = {"pad_ms": 5, "detect_on": "", "max_seconds": 20.0}
    small["decoding"] = {"greedy": {"temperatures": [0, 0.5], "beam_size": 2}}
    before = copy.deepcopy(small)
    config = check_config(small, "mine.yaml")
    again = config.model_dump()
    assert small == before
    assert as_json(config.chunking).startswith(
        '{"pad_ms":5,"detect_on":"raw","max_seconds":20.0,"method":"vad"'
    )
    assert as_json(config.decoding["greedy"]).startswith(
        '{"temperatures":[0,0.5],"beam_size":2,"language":"auto"'
    )
    list(find_contradictions(read_draft(small)))
    assert config.model_dump() == again


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: [1", "line 1"), ("- a\n- b\n", "a map of keys"), (None, "No such file")],
)
def test_a_file_that_is_no_config(
    text: str | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"mine\.yaml") as error:
        read_config(Path("mine.yaml"))
    assert message in str(error.value)


def test_the_command_line_tells_a_mistake_without_a_traceback(
    small: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mine.yaml").write_text(yaml.safe_dump({**small, "promts": {}}), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["snakescribe", "config", "check", "mine.yaml"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1
    assert capsys.readouterr().err == (
        "error: mine.yaml: promts: unknown key; did you mean 'prompts'?\n"
    )


def test_check_shows_what_would_run(small: dict[str, Any]) -> None:
    from snakescribe.cli import cli

    Path("mine.yaml").write_text(yaml.safe_dump(small), encoding="utf-8")
    result = CliRunner().invoke(cli, ["config", "check", "mine.yaml"])
    assert "none (baseline), names" in result.output
    assert "tiny-en.raw" in result.output


def test_generated_documentation_is_fresh() -> None:
    for name, part, content in (
        ("config/README.md", OPTIONS, options_table(config_schema())),
        ("docs/architecture.md", TABLES, tables_text()),
        ("docs/evaluate.md", COLUMNS, score_tables_text()),
        ("docs/notices.md", NOTICES, kinds_text()),
    ):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert with_generated(text, part, content) == text, f"{name} is stale: run `make docs`"
    written = (REPOSITORY / "workflow" / "schemas" / "config.schema.yaml").read_text("utf-8")
    assert written == schema_text(), "the schema is stale: run `make docs`"


@pytest.mark.parametrize(
    ("model", "decoding", "message"),
    [
        (
            {"engine": "command", "weights": f"{shlex.quote(sys.executable)} {{audio}}"},
            {"beams": {"beam_size": 5}},
            "decoding.beams.beam_size: the engine command of models.m cannot honour 5",
        ),
        (
            {"engine": "openai-whisper", "weights": __file__},
            {"picky": {"repetition_penalty": 1.2}},
            "decoding.picky.repetition_penalty: the engine openai-whisper of models.m cannot",
        ),
        (
            {"engine": "openai-whisper", "weights": __file__, "compute_type": "int8"},
            {"greedy": {}},
            "models.m.compute_type: the engine openai-whisper has no 'int8'",
        ),
        pytest.param(
            {"engine": "openai-whisper", "weights": "tiny.em"},
            {"greedy": {}},
            "models.m.weights: unknown weights 'tiny.em'",
            marks=pytest.mark.slow,  # the package tells its names, with torch
        ),
        (
            {"engine": "faster-whisper", "weights": "tiny.en"},
            {"greedy": {"repeats": 3}},
            "decoding.greedy.repeats: 3 repeats would all be the same: the engine faster-whisper "
            "of models.m draws nothing at random at temperature 0",
        ),
        (
            {"engine": "moonshine", "weights": "moonshine-tiny.en"},
            {"greedy": {"repeats": 2}},
            "decoding.greedy.repeats: 2 repeats would all be the same",
        ),
        (
            {"engine": "files", "weights": "vendor/{recording}.json"},
            {"greedy": {"repeats": 2}},
            "decoding.greedy.repeats: 2 repeats would all be the same",
        ),
        (
            {"engine": "faster-whisper", "weights": "tiny.en"},
            {"sampled": {"repeats": 0, "temperatures": [0.4]}},
            "decoding.sampled.repeats: 0 is less than the minimum of 1",
        ),
        (
            {"engine": "moonshine", "weights": "moonshine-tiny.en"},
            {"sampled": {"temperatures": [0.0, 0.4]}},
            "decoding.sampled.temperatures: the engine moonshine of models.m cannot honour",
        ),
        (
            {"engine": "moonshine", "weights": "moonshine-tiny.en"},
            {"greedy": {}},
            "prompts.names: the engine moonshine of models.m reads no prompts",
        ),
        (
            {"engine": "moonshine", "weights": "tiny.en"},
            {"greedy": {}},
            "models.m.weights: the weights 'tiny.en' are not for moonshine; the engine faster-wh",
        ),
        ({"engine": "faster", "weights": "tiny.en"}, {"greedy": {}}, "did you mean 'faster-whi"),
    ],
)
def test_what_an_engine_cannot_do_is_said_before_anything_runs(
    small: dict[str, Any], model: dict[str, Any], decoding: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        read({**small, "models": {"m": model}, "decoding": decoding})


@pytest.mark.parametrize(
    ("chain", "terms", "message"),
    [
        (["silence_terms"], True, "audio.quiet: silence_terms: the key 'words' is missing"),
        ([{"silence_terms": {"words": "reference"}}], False, "name tables or fields in `scoring.t"),
        ([{"silence_terms": {"words": "reference"}}, "wiener"], True, "last in its chain"),
        ([{"silence_terms": {"words": "w/{recording}.txt"}}], True, "no words with times end in"),
        (
            [{"silence_terms": {"words": "w/all.vtt"}}],
            True,
            "write {recording} where its id",
        ),
        ([{"silence_terms": {"words": 7}}], True, "audio.quiet: silence_terms.words: 7 is not"),
    ],
)
def test_silence_that_cannot_be_is_told_with_its_key(
    small: dict[str, Any], chain: list[Any], terms: bool, message: str
) -> None:
    small["audio"] = {"raw": [], "quiet": chain}
    small["scoring"] = {"terms": {"fields": ["names"]}} if terms else {}
    with pytest.raises(UserError, match=re.escape(message)):
        read(small)


def test_words_of_an_experiment_that_was_not_run_are_told(small: dict[str, Any]) -> None:
    words = "w/{recording}.ctm"
    small["audio"] = {"quiet": [{"silence_terms": {"words": words}}]}
    small["scoring"] = {"terms": {"fields": ["names"]}}
    message = f"audio.quiet: silence_terms.words: {words}: there is no such file; run the exp"
    told = list(find_missing_words(read(small).audio))
    assert [line[: len(message)] for line in told] == [message]
    with pytest.raises(UserError, match=re.escape(message)):
        check_config(small, "mine.yaml", inputs=True)
    Path("w").mkdir()
    Path("w/talk.ctm").touch()
    assert not list(find_missing_words(read(small).audio))


def test_repeats_are_taken_where_something_is_drawn(small: dict[str, Any]) -> None:
    weights = f"{shlex.quote(sys.executable)} {{audio}}"
    small["models"] = {"m": {"engine": "command", "weights": weights}}
    small["prompts"] = {"none": ""}
    small["experiments"] = {"study": {}}
    small["decoding"] = {"plain": {"repeats": 4}}
    assert not [line for line in find_warnings(read(small)) if "repeats" in line]
    small["models"] = {"m": {"weights": "tiny.en"}}
    small["decoding"] = {"sampled": {"repeats": 4, "temperatures": [0.4]}}
    assert not [line for line in find_warnings(read(small)) if "repeats" in line]
    small["decoding"] = {"tries": {"repeats": 4, "temperatures": [0.0, 0.4]}}
    (line,) = (line for line in find_warnings(read(small)) if "repeats" in line)
    assert line.startswith("decoding.tries.repeats: the first of its `temperatures` is 0")


def test_an_engine_that_reads_no_prompts_is_given_none(
    small: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("deaf.py").write_text(
        "from snakescribe.transcribe.engines.command import Command\n\n\n"
        "class Deaf(Command):\n    READS_PROMPTS = False\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(Path.cwd()))
    weights = f"{shlex.quote(sys.executable)} {{audio}}"
    small["models"]["deaf"] = {"engine": "deaf:Deaf", "weights": weights}
    small["decoding"] = {"greedy": {}, "hot": {"hotwords": "Okafor"}}
    factors = {"model": ["tiny-en", "deaf"], "prompt": ["none"], "decoding": ["greedy"]}
    study: dict[str, Any] = {
        "factors": factors,
        "include": [{"model": "tiny-en", "prompt": "names"}],
    }
    small["experiments"] = {"study": study}
    read(small)
    study["include"] = [{"model": "deaf", "prompt": "names"}, {"model": "deaf", "decoding": "hot"}]
    with pytest.raises(UserError) as error:
        read(small)
    assert (
        "prompts.names: the engine deaf:Deaf of models.deaf reads no prompts; leave this pair out "
        "of experiments.study, or give it an empty prompt there"
    ) in str(error.value)
    assert "decoding.hot.hotwords: the engine deaf:Deaf of models.deaf cannot honour 'Okafor'" in (
        str(error.value)
    )


def test_an_option_is_refused_only_where_a_condition_combines_them(small: dict[str, Any]) -> None:
    small["models"]["mine"] = {"engine": "http", "weights": "whisper-1"}
    small["decoding"] = {"greedy": {}, "picky": {"repetition_penalty": 1.2}}
    factors = {"model": ["tiny-en"], "prompt": ["none"], "decoding": ["greedy", "picky"]}
    small["experiments"] = {"study": {"factors": factors}}
    assert read(small).models["mine"].engine == "http"


def test_a_job_asks_for_the_gpu_memory_of_its_model(small: dict[str, Any]) -> None:
    Path("mine").mkdir()
    Path("mine/model.bin").write_bytes(bytes(3 * 2**20))
    small["models"] = {
        "known": {"weights": "tiny.en"},
        "said": {"weights": "tiny.en", "gpu_mem_mb": 1234},
        "folder": {"weights": "mine"},
        "remote": {"engine": "http", "weights": "whisper-1"},
    }
    small["experiments"] = {"study": {"factors": {"model": ["known"], "prompt": ["none"]}}}
    config = read(small)
    asked = {name: gpu_memory(config.models[name]) for name in small["models"]}
    assert asked == {"known": 1000, "said": 1234, "folder": 1006, "remote": 0}
