"""A config is checked: every mistake is one line that names file, key and remedy."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from snakescribe.cli import main
from snakescribe.config.schema import config_schema
from snakescribe.docs.generated import (
    COLUMNS,
    OPTIONS,
    TABLES,
    score_tables_text,
    tables_text,
    with_generated,
)
from snakescribe.docs.options import options_table
from snakescribe.errors import UserError
from snakescribe.paths import REPOSITORY
from snakescribe.workflow.params import gpu_memory
from snakescribe.workflow.read import read_config

SHIPPED = [path.relative_to(REPOSITORY) for path in sorted((REPOSITORY / "config").rglob("*.yaml"))]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    Path("terms.csv").write_text("term\nOkafor\n")
    Path("words.csv").write_text("word\nOkafor\n")
    return {
        "recordings": [{"source": "folder", "path": "talks"}],
        "models": {"tiny-en": {"weights": "tiny.en"}},
        "prompts": {"none": "", "names": "{players}"},
        "experiments": {"study": {"factors": {"prompt": ["none", "names"]}}},
    }


def read(config: dict[str, Any]) -> dict[str, Any]:
    path = Path("mine.yaml")
    path.write_text(yaml.safe_dump(config))
    return read_config(path)


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_shipped_configs_are_valid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    read_config(path)


def test_defaults_are_filled_in_at_every_depth(small: dict[str, Any]) -> None:
    config = read(small)
    assert config["chunking"]["detect_on"] == "raw"
    assert config["models"]["tiny-en"]["batch_size"] == 8
    assert config["decoding"]["greedy"]["beam_size"] == 1
    assert config["prompts"]["names"]["max_tokens"] == 223
    assert config["recordings"][0]["references"] == ""


def test_every_option_is_described() -> None:
    def walk(option: Any, place: str) -> None:
        for key, inner in option.get("properties", {}).items():
            assert "description" in inner, f"{place}.{key}"
            walk(inner, f"{place}.{key}")
            walk(inner.get("additionalProperties") or {}, f"{place}.{key}.NAME")

    def without_booleans(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: without_booleans(v) for k, v in value.items() if not isinstance(v, bool)}
        return value

    walk(without_booleans(config_schema()), "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"promts": {}}, "promts: unknown key; did you mean 'prompts'?"),
        ({"chunking": {"max_second": 20}}, "chunking.max_second: unknown key; did you mean"),
        ({"chunking": {"max_seconds": 31}}, "chunking.max_seconds: 31 is greater than"),
        ({"chunking": {"method": "vda"}}, "chunking.method: unknown value 'vda'; did you mean"),
        ({"chunking": {"detect_on": "rew"}}, "no audio variant 'rew'; did you mean 'raw'?"),
        ({"recordings": [{"source": "foldr", "path": "x"}]}, "unknown source 'foldr'; did you"),
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
            "scoring.strata.snr_db: nan is no edge of a bin; give finite numbers",
        ),
        (
            {"scoring": {"strata": {"snr_db": [float("-inf"), 10]}}},
            "scoring.strata.snr_db: -inf is no edge of a bin; give finite numbers",
        ),
        (
            {"scoring": {"normalizers": ["math:pi"]}},
            "scoring.normalizers: 'math:pi' is no function from text to text: it is 3.14",
        ),
        (
            {"scoring": {"normalizers": ["builtins:len"]}},
            "'builtins:len' is no function from text to text: of \"Dr. Okafor",
        ),
        (
            {"scoring": {"normalizers": ["math:sqrt"]}},
            "'math:sqrt' is no function from text to text: of \"Dr. Okafor",
        ),
        ({"context": [{"table": "gone.tsv"}]}, "context.0.table: no such file: gone.tsv"),
        ({"models": {"a b": {"weights": "tiny.en"}}}, "'a b' is no good name"),
        ({"models": {"tiny-en": {}}}, "models.tiny-en: the key 'weights' is missing"),
        ({"models": {"tiny-en": {"weights": "tiny.eng"}}}, "did you mean 'tiny.en'?"),
        ({"models": {"t": {"weights": "tiny.en", "engine": "whispr"}}}, "no engine 'whispr'"),
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


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: [1", "line 1"), ("- a\n- b\n", "a map of keys"), (None, "No such file")],
)
def test_a_file_that_is_no_config(
    text: str | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("mine.yaml").write_text(text)
    with pytest.raises(UserError, match=r"mine\.yaml") as error:
        read_config(Path("mine.yaml"))
    assert message in str(error.value)


def test_the_command_line_tells_a_mistake_without_a_traceback(
    small: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mine.yaml").write_text(yaml.safe_dump({**small, "promts": {}}))
    monkeypatch.setattr("sys.argv", ["snakescribe", "config", "check", "mine.yaml"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1
    assert capsys.readouterr().err == (
        "error: mine.yaml: promts: unknown key; did you mean 'prompts'?\n"
    )


def test_check_shows_what_would_run(small: dict[str, Any]) -> None:
    from snakescribe.cli import cli

    Path("mine.yaml").write_text(yaml.safe_dump(small))
    result = CliRunner().invoke(cli, ["config", "check", "mine.yaml"])
    assert "none (baseline), names" in result.output
    assert "tiny-en.raw" in result.output


def test_generated_documentation_is_fresh() -> None:
    for name, part, content in (
        ("config/README.md", OPTIONS, options_table(config_schema())),
        ("docs/architecture.md", TABLES, tables_text()),
        ("docs/evaluate.md", COLUMNS, score_tables_text()),
    ):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert with_generated(text, part, content) == text, f"{name} is stale: run `make docs`"


@pytest.mark.parametrize(
    ("model", "decoding", "message"),
    [
        (
            {"engine": "command", "weights": "python {audio}"},
            {"beams": {"beam_size": 5}},
            "decoding.beams.beam_size: the engine command of models.m cannot honour 5",
        ),
        (
            {"engine": "openai-whisper", "weights": "tiny.en"},
            {"picky": {"repetition_penalty": 1.2}},
            "decoding.picky.repetition_penalty: the engine openai-whisper of models.m cannot",
        ),
        (
            {"engine": "openai-whisper", "weights": "tiny.en", "compute_type": "int8"},
            {"greedy": {}},
            "models.m.compute_type: the engine openai-whisper has no 'int8'",
        ),
        (
            {"engine": "openai-whisper", "weights": "tiny.em"},
            {"greedy": {}},
            "models.m.weights: unknown weights 'tiny.em'",
        ),
        ({"engine": "faster", "weights": "tiny.en"}, {"greedy": {}}, "did you mean 'faster-whi"),
    ],
)
def test_what_an_engine_cannot_do_is_said_before_anything_runs(
    small: dict[str, Any], model: dict[str, Any], decoding: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        read({**small, "models": {"m": model}, "decoding": decoding})


def test_an_option_is_refused_only_where_a_condition_combines_them(small: dict[str, Any]) -> None:
    small["models"]["mine"] = {"engine": "http", "weights": "whisper-1"}
    small["decoding"] = {"greedy": {}, "picky": {"repetition_penalty": 1.2}}
    factors = {"model": ["tiny-en"], "prompt": ["none"], "decoding": ["greedy", "picky"]}
    small["experiments"] = {"study": {"factors": factors}}
    assert read(small)["models"]["mine"]["engine"] == "http"


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
    asked = {name: gpu_memory(config, name) for name in small["models"]}
    assert asked == {"known": 1000, "said": 1234, "folder": 1006, "remote": 0}
