"""The recipe of CONTRIBUTING.md for an engine of one's own runs as it stands there."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from plugin_examples import call

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError
from snakescribe.paths import REPOSITORY
from snakescribe.tables import TRANSCRIPTS, read_table
from snakescribe.transcribe.engines import ENGINES, Passage, Request
from snakescribe.workflow.check import check_config
from sounds import tone, write_wav

PAGE = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
_, _HEAD, _REST = PAGE.partition("## Recipe: an engine of your own\n")
RECIPE = _HEAD + _REST.partition("\n## ")[0]
CONFIG = """
results: results
recordings: [{source: folder, path: talks, references: talks}]
chunking: {method: fixed, max_seconds: 5}
MODELS
experiments: {own: {factors: {model: [loud]}}}
scoring: {normalizers: [basic]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the recipe's file and config."""
    [(name, module)] = re.findall(r"```python\n# (\S+)\n(.*?)```", RECIPE, re.DOTALL)
    [models] = re.findall(r"`(models: .*?)`", RECIPE)
    (tmp_path / name).write_text(module, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(CONFIG.replace("MODELS", models), encoding="utf-8")
    (tmp_path / "talks").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, Path(name).stem, raising=False)
    return tmp_path


def test_the_recipe_is_short() -> None:
    assert len(RECIPE.strip().splitlines()) <= 20


def test_the_class_of_the_recipe_decodes(folder: Path) -> None:
    raw = yaml.safe_load((folder / "own.yaml").read_text(encoding="utf-8"))
    model = check_config(raw, "own.yaml").models["loud"]
    chosen = ENGINES.find(model.engine)
    receipt = chosen.fetch_model(model)
    engine = chosen(model, receipt["path"], threads=1, device="cpu")
    sounds = [np.full(16_000, level, np.float32) for level in (0.5, 0.01)]
    encoded = engine.encode(sounds, 30.0)
    requests = [Request(member, [], "", "en") for member in (0, 1)]
    said = engine.decode(encoded, requests, Decoding())
    assert [(chunk.text, chunk.language) for chunk in said] == [("yes", "en"), ("no", "en")]
    whole = engine.decode_whole(sounds, requests, Decoding(), conditioned=False)
    assert [chunk.text for chunk in whole] == ["yes", "no"]
    module = folder / "loud_engine.py"
    module.write_text(module.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert chosen.model_state(model) != receipt["sha256"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return 1 / 0", "fails at 5.5 s of 'talk': ZeroDivisionError: .* \\(odd.py, line 4\\)"),
        ("raise RuntimeError('CUDA out of memory')", "fails at 5.5 s of 'talk': RuntimeError"),
    ],
)
def test_an_own_engine_that_fails_is_named(folder: Path, body: str, message: str) -> None:
    source = "from snakescribe.transcribe.engines import TextEngine\nclass Odd(TextEngine):\n"
    text = f"{source}    def transcribe(self, samples):\n        {body}\n"
    (folder / "odd.py").write_text(text, encoding="utf-8")
    engine = ENGINES.find("odd:Odd")(Weights(weights="w"), "w", threads=1, device="cpu")
    encoded = engine.encode([np.zeros(16_000, np.float32)], 30.0)
    with pytest.raises(UserError, match=message):
        engine.decode(encoded, [Request(0, [], "", "", Passage("talk", 5.5, 6.5, ""))], Decoding())
    sys.modules.pop("odd")


def test_what_is_no_text_costs_its_chunk(folder: Path) -> None:
    source = "from snakescribe.transcribe.engines import TextEngine\nclass Odd(TextEngine):\n"
    text = f"{source}    def transcribe(self, samples):\n        return None\n"
    (folder / "mute.py").write_text(text, encoding="utf-8")
    engine = ENGINES.find("mute:Odd")(Weights(weights="w"), "w", threads=1, device="cpu")
    encoded = engine.encode([np.zeros(16_000, np.float32)], 30.0)
    [said] = engine.decode(encoded, [Request(0, [], "", "")], Decoding())
    assert said.failure.startswith("mute:Odd: the answer {'text': None} has no text")
    sys.modules.pop("mute")


@pytest.mark.slow
def test_the_recipe_runs_in_the_workflow(folder: Path) -> None:
    write_wav(folder / "talks" / "tour.wav", tone(2, level=0.2))
    (folder / "talks" / "tour.txt").write_text("yes", encoding="utf-8")
    done = call(folder, "snakescribe", "config", "check", "own.yaml")
    assert done.returncode == 0, done.stderr
    snakefile = str(REPOSITORY / "workflow" / "Snakefile")
    done = call(
        folder, "snakemake", "-s", snakefile, "--configfile", "own.yaml", "--cores", "1", "evaluate"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    [table] = (folder / "results" / "transcripts").rglob("*.parquet")
    assert {row["text"] for row in read_table(TRANSCRIPTS, table)} == {"yes"}
