"""`snakescribe init`: a first config for each kind of source, from flags and from questions."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.cli import cli
from snakescribe.paths import REPOSITORY
from snakescribe.setup.new_config import config_text, in_line
from snakescribe.setup.wish import KINDS, PLACES, Wish

# What each kind is asked for, and the entry of `recordings` that becomes of it.
ASKED: dict[str, list[str]] = {
    "folder": ["--from", "talks/*.wav", "--references", "beside", "--language", "English"],
    "table": ["--from", "list.csv", "--compare", "denoising", "--compare", "chunking"],
    "manifest": ["--from", "nemo.jsonl", "--weights", "tiny.en", "--weights", "base.en"],
    "podcast": ["--from", "https://example.org/feed.xml", "--from", "https://example.org/b.xml"],
    "youtube": ["--from", "@MLB", "--from", "https://youtu.be/jNQXAC9IVRw", "--language", "de"],
    "transcripts": [
        *("--from", "talks", "--references", "beside"),
        *("--transcripts", "service={recording}.{json,srt}"),
        *("--transcripts", "talks/{recording}.ctm"),
    ],
}  # fmt: skip
ENTRIES: dict[str, dict[str, Any]] = {
    "folder": {
        "source": "folder", "path": "talks/*.wav", "references": "beside", "language": "en",
    },
    "table": {"source": "table", "path": "list.csv"},
    "manifest": {"source": "table", "path": "nemo.jsonl"},
    "podcast": {
        "source": "rss", "feeds": ["https://example.org/feed.xml", "https://example.org/b.xml"],
    },
    "youtube": {
        "source": "youtube", "channels": ["@MLB"], "videos": ["https://youtu.be/jNQXAC9IVRw"],
    },
    "transcripts": {"source": "folder", "path": "talks", "references": "beside"},
}  # fmt: skip
FACTORS: dict[str, dict[str, list[str]]] = {
    "folder": {"decoding": ["greedy", "beam5"]},
    "table": {"audio": ["raw", "denoised"], "chunking": ["pauses", "fixed"]},
    "manifest": {"model": ["tiny-en", "base-en"]},
    "podcast": {"prompt": ["none", "title"]},
    "youtube": {"prompt": ["none", "title"]},
    "transcripts": {"model": ["base", "service", "existing2"]},
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all that local kinds of sources are made of, as the working folder."""
    talks = tmp_path / "talks"
    talks.mkdir()
    for name in ("one", "two"):
        (talks / f"{name}.wav").write_bytes(b"RIFF")
        (talks / f"{name}.txt").write_text("what was said", encoding="utf-8")
        (talks / f"{name}.ctm").write_text(f"{name} 1 0 1 what", encoding="utf-8")
        (tmp_path / f"{name}.srt").write_text("", encoding="utf-8")
    (tmp_path / "list.csv").write_text("audio,reference\ntalks/one.wav,hi\n", encoding="utf-8")
    line = {"audio_filepath": "talks/one.wav", "duration": 1.0, "text": "what was said"}
    (tmp_path / "nemo.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["init", *arguments])


def written(path: Path) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return config


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_writes_is_commented_and_passes_the_check(place: Path, kind: str) -> None:
    made = init("study.yaml", "--source", kind, *ASKED[kind])
    assert made.exit_code == 0, (made.output, made.exception)
    assert "snakescribe config check study.yaml" in made.output
    config = written(place / "study.yaml")
    assert config["recordings"] == [ENTRIES[kind]]
    assert config["results"] == "results/study"
    assert config["experiments"]["comparison"]["factors"] == FACTORS[kind]
    text = (place / "study.yaml").read_text(encoding="utf-8")
    for section in config:
        assert section in ("results", "recordings") or re.search(
            rf"^# .+\n(#.*\n)*{section}:", text, re.MULTILINE
        ), section
    checked = CliRunner().invoke(cli, ["config", "check", "study.yaml"])
    assert checked.exit_code == 0, checked.output
    assert "warning" not in checked.output


def test_comments_that_are_uncommented_are_config_too(place: Path) -> None:
    """An option that a comment shows is one that there is, in the place where it stands."""
    for kind in ("podcast", "table"):
        assert init("study.yaml", "--force", "--source", kind, *ASKED[kind]).exit_code == 0
        text = (place / "study.yaml").read_text(encoding="utf-8")
        shown = re.sub(r"^( *)# (( {2})?(- )?[a-z_]+:( |$))", r"\1\2", text, flags=re.MULTILINE)
        assert shown.count("\n#") < text.count("\n#")
        (place / "references").mkdir(exist_ok=True)
        (place / "references" / "one.txt").write_text("what was said", encoding="utf-8")
        (place / "context.tsv").write_text("id\tfield\none\tx\n", encoding="utf-8")
        config = yaml.safe_load(shown)
        factors = config["experiments"]["comparison"]["factors"]
        factors.update(audio=["raw", "denoised"], prompt=["none", "title"])
        (place / "study.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        checked = CliRunner().invoke(cli, ["config", "check", "study.yaml"])
        assert checked.exit_code == 0, (shown, checked.output)
        assert written(place / "study.yaml")["context"] == [{"table": "context.tsv"}]


def test_nothing_is_replaced_unasked(place: Path) -> None:
    (place / "study.yaml").write_text("mine", encoding="utf-8")
    refused = init("study.yaml", "--source", "folder", *ASKED["folder"])
    assert refused.exit_code == 1
    assert "study.yaml is there already; name another file, or say --force" in str(
        refused.exception
    )
    assert (place / "study.yaml").read_text(encoding="utf-8") == "mine"
    assert init("study.yaml", "--force", "--source", "folder", *ASKED["folder"]).exit_code == 0
    assert written(place / "study.yaml")["recordings"] == [ENTRIES["folder"]]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--source: say where the recordings come from"),
        (["--source", "podcast"], "--from: The address of a podcast's feed; say which"),
        (["--source", "folder", "--from", "nowhere"], "recordings.0.path: no audio file matches"),
        (["--source", "table", "--from", "talks/one.txt"], "talks/one.txt"),
        (["--source", "youtube", "--from", "no name"], "--from: 'no name' is no YouTube"),
        (["--source", "podcast", "--from", "talks"], "recordings.0.feeds"),
        (["--source", "folder", "--from", "talks", "--language", "Klingonese"], "--language: "),
        (["--source", "folder", "--from", "talks", "--weights", "tinny.en"], "mean 'tiny.en'"),
        (["--source", "folder", "--from", "talks", "--prompt", "{tittle}"], "tittle"),
        (["--source", "folder", "--from", "talks", "--results", "a{b}"], "results: 'a{b}' has"),
        (["--source", "transcripts", "--from", "talks"], "--transcripts: say where they lie"),
        (
            ["--source", "transcripts", "--from", "talks", "--transcripts", "no/{recording}.ctm"],
            "no/{recording}.ctm",
        ),
        (
            ["--source", "folder", "--from", "talks", "--transcripts", "x", "--compare", "beams"],
            "leave out --prompt and --compare",
        ),
        (
            ["--source", "podcast", "--from", "https://x.org/f", "--references", "beside"],
            "--references: the captions of a podcast source",
        ),
    ],
)
def test_what_cannot_be_is_said_and_nothing_written(
    place: Path, arguments: list[str], told: str
) -> None:
    refused = init("study.yaml", *arguments)
    assert refused.exit_code == 1
    assert told in str(refused.exception)
    assert not (place / "study.yaml").exists()


def test_a_name_that_is_not_utf_8_is_told(place: Path) -> None:
    folder = os.fsdecode(b"talks\xe9")
    (place / folder).mkdir()
    (place / folder / "one.wav").write_bytes(b"RIFF")
    refused = init("study.yaml", "--source", "folder", "--from", folder)
    assert refused.exit_code == 1
    assert "talks\\xe9: a config is UTF-8, and this name is not" in str(refused.exception)
    assert not (place / "study.yaml").exists()


def test_only_a_yaml_file_is_written(place: Path) -> None:
    refused = init("talks/one.wav", "--force", "--source", "folder", *ASKED["folder"])
    assert refused.exit_code == 1
    assert "talks/one.wav: a config file is called NAME.yaml" in str(refused.exception)
    assert (place / "talks" / "one.wav").read_bytes() == b"RIFF"


@pytest.mark.usefixtures("place")
def test_it_cannot_be_written() -> None:
    refused = init("talks/one.wav/study.yaml", "--source", "folder", *ASKED["folder"])
    assert refused.exit_code == 1
    assert "talks/one.wav" in str(refused.exception)


def test_within_the_repository_editors_find_the_schema() -> None:
    text = config_text(Wish("folder", ("talks",)), REPOSITORY / "config" / "new.yaml")
    first = text.splitlines()[0]
    assert first == "# yaml-language-server: $schema=../workflow/schemas/config.schema.yaml"
    assert "$schema" not in config_text(Wish("folder", ("talks",)), Path("/tmp/new.yaml"))


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(st.recursive(ANY_TEXT, lambda part: st.lists(part) | st.dictionaries(ANY_TEXT, part)))
def test_any_value_stays_in_its_line(value: Any) -> None:
    line = in_line(value)
    assert len(line.splitlines()) == 1
    assert yaml.safe_load(f"outer:\n  - key: {line}\n    # comment\n    other: 1") == {
        "outer": [{"key": value, "other": 1}]
    }


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_what_was_said_is_what_is_written(place: str, prompt: str, path: str) -> None:
    wish = Wish("folder", (place,), weights=(path,), prompts=(prompt,), results=path)
    config = yaml.safe_load(config_text(wish, Path(f"{path}.yaml".replace("\0", ""))))
    assert config["recordings"][0]["path"] == place
    assert config["results"] == path
    assert [model["weights"] for model in config["models"].values()] == [path]
    assert [text for name, text in config["prompts"].items() if name != "none"] == [prompt]


def ask_at_terminal(folder: Path, arguments: list[str], answers: dict[str, str]) -> tuple[int, str]:
    """Call it at a real terminal, and answer its questions -> its exit code and what was shown."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "snakescribe", "init", *arguments]
    process = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown, open_questions = "", dict(answers)
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not block:
            break
        shown += block.decode()
        for question, answer in list(open_questions.items()):
            if question in shown and shown.rstrip(" ").endswith(":"):
                os.write(ours, f"{answer}\n".encode())
                del open_questions[question]
                break
    os.close(ours)
    assert not open_questions, shown
    return process.wait(timeout=60), shown


@pytest.mark.slow
def test_at_a_terminal_it_asks(place: Path) -> None:
    code, shown = ask_at_terminal(
        place,
        [],
        {
            "File to write": "study.yaml",
            "Where do the recordings come from?": "transcripts",
            PLACES["transcripts"]: "talks",
            "References": "beside",
            "Transcripts, such as": "talks/{recording}.ctm",
            "Language": "en",
        },
    )
    assert code == 0, shown
    config = written(place / "study.yaml")
    assert config["recordings"] == [{**ENTRIES["transcripts"], "language": "en"}]
    assert list(config["models"]) == ["tiny-en", "existing"]
    before = (place / "study.yaml").read_bytes()
    code, shown = ask_at_terminal(place, ["study.yaml"], {"Replace it?": "n"})
    assert code == 1
    assert "is there already" in shown
    assert (place / "study.yaml").read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_snakemake_plans_what_it_writes(place: Path, kind: str) -> None:
    assert init("study.yaml", "--source", kind, *ASKED[kind]).exit_code == 0
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1"),
            *("--snakefile", str(REPOSITORY / "workflow" / "Snakefile")),
            *("--workflow-profile", "none", "--configfile", "study.yaml"),
        ],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "resolve_items" in done.stdout + done.stderr
