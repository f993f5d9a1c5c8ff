"""What a check tells of files that do not belong together, before anything is run."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from snakescribe.acquire import local_matches
from snakescribe.cli import cli


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sources and context -> the warnings of the check."""
    monkeypatch.chdir(tmp_path)
    for name in ("ann/u001", "bo/u002", "talk1", "talk2"):
        (tmp_path / "talks" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "talks" / f"{name}.wav").touch()

    def run(*recordings: dict[str, Any], context: list[Any] = [], code: int = 0) -> list[str]:  # noqa: B006
        (tmp_path / "mine.yaml").write_text(
            json.dumps(
                {
                    "results": "results", "recordings": recordings, "context": context,
                    "models": {"tiny": {"weights": "tiny.en"}}, "experiments": {"one": {}},
                }
            ),
            encoding="utf-8",
        )  # fmt: skip
        result = CliRunner().invoke(cli, ["config", "check", "mine.yaml"])
        assert result.exit_code == code, result.output
        assert "INFO" not in result.stderr
        assert not (tmp_path / "results").exists()
        lines = result.stderr.splitlines()
        return [line for line in lines if line.startswith("warning") and "nothing can" not in line]

    return run


FOLDER = {"source": "folder", "path": "talks"}


def write(**files: str) -> None:
    for name, text in files.items():
        path = Path(name.replace("__", "/").replace("_txt", ".txt").replace("_tsv", ".tsv"))
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"refs__tlak1_txt": "hi", "refs__talk2_txt": "hi"}, "refs"),
        ({"refs_tsv": "id\treference\ntlak1\thi\ntalk2\thi\n"}, "refs.tsv"),
        ({"all.stm": "tlak1 1 a 0 1 hi\ntalk2 1 a 0 1 hi\n"}, "all.stm"),
    ],
)
def test_references_of_nobody_are_told_with_the_nearest_id(
    check: Any, files: dict[str, str], place: str
) -> None:
    write(**files)
    [told] = check({**FOLDER, "references": place})
    assert f"{place}: 1 of 2 references match no recording: tlak1 (is talk1 meant?)" in told
    # Another source may own it.
    for name in ("tlak1", "talk2"):
        Path("more").mkdir(exist_ok=True)
        Path(f"more/{name}.wav").touch()
    assert check({**FOLDER, "references": place}, {**FOLDER, "path": "more"}) == [told]
    feed = {"source": "rss", "feeds": ["https://example.org/feed.xml"], "references": place}
    assert check({**FOLDER, "references": place}, feed) == []
    assert not check(
        {**FOLDER, "references": place}, {**FOLDER, "path": "more/tlak1.wav", "references": place}
    )


def test_a_reference_that_may_be_of_two_is_told(check: Any) -> None:
    write(refs__u001_txt="hi")
    Path("talks/bo/u001.wav").touch()
    [told] = check({**FOLDER, "references": "refs"})
    assert "refs/u001.txt may be of talks/ann/u001.wav or of talks/bo/u001.wav" in told


def test_rows_of_context_of_nobody_are_told_with_the_nearest_id(check: Any) -> None:
    write(games_tsv="id\tteam\ntalk1\tx\ntalk-2\ty\nu002\tz\n")
    [told] = check(FOLDER, context=[{"table": "games.tsv"}])
    assert "games.tsv: 1 id matches no recording: talk-2 (is talk2 meant?)" in told
    feed = {"source": "rss", "feeds": ["https://example.org/feed.xml"]}
    assert check(FOLDER, feed, context=[{"table": "games.tsv"}]) == []  # it may be an episode


@pytest.mark.parametrize("again", ["talks", "./talks/../talks", "HERE/talks", "link", "list.tsv"])
def test_sources_that_name_the_same_files_are_told(check: Any, again: str) -> None:
    Path("link").symlink_to("talks")
    write(list_tsv="audio\ntalks/talk1.wav\ntalks/talk2.wav\n")
    path = again.replace("HERE", str(Path.cwd()))
    source = {"source": "table" if path.endswith("tsv") else "folder", "path": path}
    count = "2 of its 2" if path.endswith("tsv") else "4 of its 4"
    [told] = check(FOLDER, source)
    assert f"recordings.1: {count} recordings are named by sources before it, such as" in told


def test_what_would_take_long_is_left_to_the_run(
    check: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_matches, "MOST_FILES", 3)
    write(games_tsv="id\tteam\nnobody\tx\n")
    assert check(FOLDER, context=[{"table": "games.tsv"}]) == []
