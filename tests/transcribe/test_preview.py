"""`prompts preview`: prompts as the model will see them, also while recordings are on their way."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from results_folder import ResultsFolder, item_row, recording_row
from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.tables import RECORDINGS, write_table

CONFIG = {
    "results": "results",
    "recordings": [{"source": "folder", "path": "talks"}],
    "models": {"echo": {"engine": "command", "weights": "cat {audio}"}},
    "prompts": {"none": "", "about": "{title}: {description}", "other": "{guest}"},
    "decoding": {"greedy": {}},
    "experiments": {"study": {"factors": {"prompt": ["none", "about"]}}},
}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ResultsFolder:
    """Three recordings in three shards; only the first shard is acquired."""
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text(yaml.safe_dump(CONFIG))
    Path("info.json").write_text(json.dumps({"title": "of the site", "description": "A game."}))
    folder = ResultsFolder(Path("results"))
    folder.items = [
        item_row("game", "s00000", kind="url"),
        item_row("final", "s00001", kind="url", title="The final", context={"guest": "Ada"}),
        item_row("talk", "s00002", title="A talk"),
    ]
    folder.write()
    for shard in ("s00000", "s00001", "s00002"):
        folder.results.path(RECORDINGS, shard=shard).unlink()
    row = recording_row("game", info="info.json")
    write_table(RECORDINGS, folder.results.path(RECORDINGS, shard="s00000"), [row])
    return folder


def preview(*options: str) -> str:
    arguments = ["prompts", "preview", "config.yaml", *options]
    shown = CliRunner().invoke(cli, arguments, env={"COLUMNS": "120"}, catch_exceptions=False)
    return shown.output


def cells(output: str) -> dict[tuple[str, str], str]:
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in output.splitlines()]
    return {(line[0], line[2]): line[4] for line in lines if line}


@pytest.mark.usefixtures("results")
def test_what_is_known_is_shown_while_recordings_are_on_their_way() -> None:
    output = preview()
    assert cells(output) == {
        ("game", "none"): "",
        ("game", "about"): "of the site: A game.",
        ("final", "none"): "",
        ("final", "about"): "The final",
        ("talk", "none"): "",
        ("talk", "about"): "A talk",
    }
    assert "not known (1): final" in output  # a file has no site


def test_all_is_known_once_all_are_acquired(results: ResultsFolder) -> None:
    row = recording_row("final", status="unavailable", reason="gone", audio=None)
    write_table(RECORDINGS, results.results.path(RECORDINGS, shard="s00001"), [row])
    assert "Not acquired" not in preview()


@pytest.mark.usefixtures("results")
def test_a_prompt_and_a_number_of_recordings_can_be_chosen() -> None:
    assert set(cells(preview("--prompt", "about", "--limit", "2"))) == {
        ("game", "about"), ("final", "about")
    }  # fmt: skip


@pytest.mark.usefixtures("results")
def test_an_unknown_prompt_suggests_a_near_one() -> None:
    with pytest.raises(UserError, match="no prompt 'abuot'; did you mean 'about'"):
        preview("--prompt", "abuot")
