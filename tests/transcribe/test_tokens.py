"""`prompts count` and `prompts terms`: what a prompt costs, and what finds a place in it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from results_folder import ResultsFolder, item_row
from snakescribe.cli import cli

CONFIG: dict[str, Any] = {
    "results": "results",
    "recordings": [{"source": "folder", "path": "talks"}],
    "models": {"echo": {"engine": "command", "weights": "cat {audio} {prompt}"}},
    "prompts": {
        "none": "",
        "terms": {
            "template": "{team}: {terms}", "terms": "team_terms.csv", "score": "worth",
            "where": "team == {team} or team == ''", "max_tokens": 8,
        },
    },
    "decoding": {"greedy": {}},
    "experiments": {"study": {"factors": {"prompt": ["none", "terms"]}}},
}  # fmt: skip
TERMS = "term,team,worth\nAdams,Kites,1\nBo,Kites,2\nCy,Herons,3\nThe Whole Long Name,,4\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ResultsFolder:
    """A config and a table of terms; nothing is listed yet."""
    monkeypatch.chdir(tmp_path)
    Path("team_terms.csv").write_text(TERMS)
    Path("config.yaml").write_text(yaml.safe_dump(CONFIG))
    made = ResultsFolder(Path("results"))
    made.items = [
        item_row("game", context={"team": "Kites"}),
        item_row("final", context={"team": "Herons"}),
    ]
    return made


def call(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["prompts", *arguments], env={"COLUMNS": "100"})
    return done.exit_code, done.output or str(done.exception)


def cells(output: str) -> list[tuple[str, ...]]:
    lines = (line.split("│")[1:-1] for line in output.splitlines() if line.startswith("│"))
    return [tuple(cell.strip() for cell in line) for line in lines]


def test_terms_are_shown_with_score_tokens_and_place(folder: ResultsFolder) -> None:
    folder.write()
    code, output = call("terms", "config.yaml")
    assert code == 0
    assert output.startswith("terms (game, echo): 2 of 3 terms, 5 of 8 tokens\n")
    assert cells(output) == [
        ("The Whole Long Name", "4", "7", "dropped"),
        ("Bo", "2", "1", "kept"),
        ("Adams", "1", "2", "kept"),
    ]
    _, output = call("terms", "config.yaml", "--recording", "final")
    assert ("Cy", "3", "1", "kept") in cells(output)


def test_before_anything_is_listed_all_terms_are_shown() -> None:
    code, output = call("terms", "config.yaml", "--prompt", "terms")
    assert code == 0
    assert output.startswith("terms (echo): ")
    assert [row[0] for row in cells(output)] == ["The Whole Long Name", "Cy", "Bo", "Adams"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--recording", "gmae"], "no recording 'gmae'; did you mean 'game'?"),
        (["--prompt", "tems"], "no prompt 'tems'; did you mean 'terms'?"),
        (["--prompt", "none"], "no experiment uses a prompt of these with `terms`"),
    ],
)
def test_what_is_not_there_is_told(folder: ResultsFolder, options: list[str], reason: str) -> None:
    folder.write()
    code, output = call("terms", "config.yaml", *options)
    assert code != 0
    assert reason in output


@pytest.mark.usefixtures("tiny_en")
def test_tokens_are_those_of_the_model() -> None:
    assert call("count", "Herons against Kites, with Okafor.")[1].endswith(
        "tiny.en: 11 of 223 tokens\n"
    )
    _, output = call("count", " ".join(["yes"] * 225))
    assert "tiny.en: 225 of 223 tokens\n  the model sees the last 223: yes yes" in output


def test_tokens_that_are_not_known_are_an_estimate() -> None:
    assert call("count", "Herons", "--config", "config.yaml")[1] == "echo: about 2 of 223 tokens\n"
