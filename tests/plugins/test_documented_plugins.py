"""The examples of the documentation run as they stand there, from a working folder."""

import csv
import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
import yaml
from plugin_examples import call, documented_files, install

from snakescribe.paths import REPOSITORY
from snakescribe.tables import AUDIO, CHUNKS, ITEMS, PLANS, TRANSCRIPTS, Row, Table, read_table
from snakescribe.workflow.check import PLUGIN_KINDS
from sounds import tone, write_wav

PAGE = (REPOSITORY / "docs" / "plugins.md").read_text(encoding="utf-8")
CONFIG = "own.yaml"


@pytest.fixture(scope="module")
def working_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the examples, and the corpus that they speak of."""
    folder = tmp_path_factory.mktemp("own")
    for name, text in documented_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "talks").mkdir()
    sound = np.concatenate([tone(3, level=0.0001), tone(4, level=0.2), tone(1, level=0.0001)])
    write_wav(folder / "talks" / "game-20190401.wav", sound)
    write_wav(folder / "talks" / "tour.wav", tone(2, level=0.2))
    rows = ("id\treference", "game-20190401\thello hello unanswered", "tour\thello")
    (folder / "references.tsv").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder


def entry_points() -> dict[str, dict[str, str]]:
    """The entry points that docs/plugins.md gives for the examples, by group."""
    [text] = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return tomllib.loads(text)["project"]["entry-points"]


def test_the_page_has_an_example_of_every_kind() -> None:
    config = documented_files()[CONFIG]
    assert {f"snakescribe.{kind.group}" for kind in PLUGIN_KINDS} == entry_points().keys()
    for kind in PLUGIN_KINDS:
        assert re.search(
            rf"^\| {kind.noun} \|.*`snakescribe\.{kind.group}` \|$", PAGE, re.MULTILINE
        )
        [target] = entry_points()[f"snakescribe.{kind.group}"].values()
        assert f'"{target}"' in config
        assert f"{target.partition(':')[0]}.py" in documented_files()


@pytest.mark.slow
def test_the_config_of_the_examples_is_all_right(working_folder: Path) -> None:
    done = call(working_folder, "snakescribe", "config", "check", CONFIG)
    assert done.returncode == 0, done.stderr
    assert "parrot.raw, parrot.louder" in done.stdout


@pytest.mark.slow
def test_the_message_on_the_page_is_the_one_that_comes(working_folder: Path) -> None:
    text = documented_files()[CONFIG].replace("LONG_WORDS", "LONG_WORD")
    (working_folder / "wrong.yaml").write_text(text, encoding="utf-8")
    done = call(working_folder, "snakescribe", "config", "check", "wrong.yaml")
    [message] = re.findall(r"^error: .*$", PAGE, re.MULTILINE)
    assert (done.returncode, done.stderr.strip()) == (1, message.replace(CONFIG, "wrong.yaml"))


@pytest.mark.slow
def test_the_examples_run_when_they_are_a_package(working_folder: Path, tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "folder"
    points = entry_points()
    install(
        site,
        "acme",
        "\n".join(
            f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in named.items())
            for group, named in points.items()
        ),
    )
    folder.mkdir()
    config = documented_files()[CONFIG]
    for named in points.values():
        for name, target in named.items():
            config = config.replace(f'"{target}"', name)
    (folder / CONFIG).write_text(config, encoding="utf-8")
    assert "my_" not in config
    for path in working_folder.glob("my_*.py"):
        (site / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("talks", "references.tsv"):
        (folder / name).symlink_to(working_folder / name)
    assert call(folder, "snakescribe", "config", "check", CONFIG).returncode == 1
    done = call(folder, "snakescribe", "config", "check", CONFIG, path=str(site))
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_audio_variants_of_the_page_are_all_right(working_folder: Path) -> None:
    page = (REPOSITORY / "docs" / "process.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(audio:\n.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert len(examples) > 1
    for variants in examples:
        config = yaml.safe_load(documented_files()[CONFIG])
        config |= yaml.safe_load(variants)
        config["experiments"]["own"]["factors"]["audio"] = list(config["audio"])
        (working_folder / "audio.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        done = call(working_folder, "snakescribe", "config", "check", "audio.yaml")
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_examples_run_in_every_step(working_folder: Path) -> None:
    """Shards of one recording: two are scored side by side, each in a process of its own."""

    def run(*arguments: str) -> str:
        done = call(
            working_folder,
            *("snakemake", "evaluate", "--snakefile", str(REPOSITORY / "workflow" / "Snakefile")),
            *("--workflow-profile", "none", "--scheduler", "greedy", "--cores", "2"),
            *("--configfile", CONFIG, "shards.yaml", *arguments),
        )
        assert done.returncode == 0, done.stderr
        return done.stderr + done.stdout

    def rows(table: Table, path: str) -> list[Row]:
        return list(read_table(table, working_folder / "results" / path))

    (working_folder / "shards.yaml").write_text(
        "sharding: {recordings_per_shard: 1}\n", encoding="utf-8"
    )
    run()
    items = rows(ITEMS, "items.tsv")
    assert [(item["recording"], item["shard"], item["source"]) for item in items] == [
        ("game-20190401", "s00000", "inbox:talks"),
        ("tour", "s00001", "inbox:talks"),
    ]
    assert items[0]["context"] == {"series": "game", "event_date": "2019-04-01"}
    [plan] = rows(PLANS, "plans/s00000.tsv")
    assert plan["speech"] == [[pytest.approx(3.0, abs=0.05), pytest.approx(7.0, abs=0.05)]]
    assert rows(AUDIO, "audio/raw/s00000.tsv") != rows(AUDIO, "audio/louder/s00000.tsv")
    [chunk] = rows(CHUNKS, "chunks/raw/s00000.tsv")
    [row] = rows(TRANSCRIPTS, "transcripts/parrot.raw/s00000.parquet")
    assert row["text"] == " ".join(["hello"] * int(chunk["end"] - chunk["start"]))
    receipt = json.loads(
        (working_folder / "results/models/parrot.json").read_text(encoding="utf-8")
    )
    assert receipt["engine"] == "my_engine:Parrot"
    with (working_folder / "results/scores/own/metrics.csv").open(encoding="utf-8") as stream:
        figures = {(row["normalizer"], row["figure"]) for row in csv.DictReader(stream)}
    assert {("my_rules:spelled_out", "long_share"), ("basic", "wer")} <= figures
    assert ("my_rules:letters_alone", "wer") in figures
    engine = working_folder / "my_engine.py"
    engine.write_text(
        engine.read_text(encoding="utf-8").replace('" ".join', '"  ".join'), encoding="utf-8"
    )
    assert "transcribe_chunks" in run("--dry-run"), "an edit of an engine is seen"
