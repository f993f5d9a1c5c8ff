"""Published and read back: the scores come out again, and an archive from anybody does no harm."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import jiwer
import pandas as pd
import pytest
from publishing import call, publish, read_parts, write_config, write_parts
from report_study import SOUNDS, Made

from snakescribe.errors import UserError
from snakescribe.report.compose import compose_page
from snakescribe.results import Results
from snakescribe.store import write_text

SETTINGS = "settings/prompt_study.json"
ITEMS = "results/items.tsv"


@pytest.fixture(scope="module")
def archive(make_results: Callable[..., Made], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was said is partly in files, as most users have it, and there are terms."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "terms.txt").write_text("term\nTakahara\nBrannigan\n", encoding="utf-8")
    terms = {"terms": {"tables": [str(folder / "terms.txt")]}, "bootstrap_replicates": 200}
    made = make_results(recordings=4, chunks=2, scoring=terms)
    rows = (made.folder / "items.tsv").read_text(encoding="utf-8").splitlines()
    head = rows[0].split("\t")
    for number, row in enumerate(rows[1:3], start=1):
        cells = row.split("\t")
        reference = folder / str(number) / "said.txt"  # two files of one name
        write_text(reference, cells[head.index("reference")] + "\n")
        cells[head.index("reference_file")] = str(reference)
        cells[head.index("reference")] = ""
        rows[number] = "\t".join(cells)
    write_text(made.folder / "items.tsv", "\n".join(rows) + "\n")
    write_text(made.page, compose_page(Results(made.folder), made.params, SOUNDS))
    publish(write_config(made, folder / "study.yaml"), folder / "study.zip")
    (folder / "terms.txt").unlink()  # nothing outside is needed
    for number in (1, 2):
        (folder / str(number) / "said.txt").unlink()
    return folder / "study.zip"


def resealed(parts: dict[str, bytes], path: Path) -> Path:
    """An archive whose digests are right, whatever is in it."""
    sums = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in parts.items())
    return write_parts(path, {**parts, "SHA256SUMS": "".join(sums).encode()})


def changed(archive: Path, path: Path, **parts: bytes) -> Path:
    """An archive with other parts, whose digests are right."""
    whole = read_parts(archive)
    del whole["SHA256SUMS"]
    return resealed({**whole, **parts}, path)


@pytest.mark.slow
def test_scores_come_out_again(archive: Path) -> None:
    ran = call("verify", archive)
    assert ran.exit_code == 0, ran.output
    names, rows, figures = ran.output.splitlines()
    assert names.endswith("files, all as their digests say")
    assert rows == "prompt_study: 96 of 96 rows of chunks.parquet have the same counts"
    assert figures.startswith("prompt_study: ") and figures.endswith("have the same values")
    told = json.loads(call("verify", archive, "--json").output)
    [experiment] = told["experiments"]
    assert (experiment["experiment"], experiment["rows"]) == ("prompt_study", 96)
    assert experiment["other_rows"] == experiment["other_figures"] == []


@pytest.mark.slow
def test_jiwer_counts_the_same_errors_in_the_archive(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "chunks.parquet"
    path.write_bytes(read_parts(archive)["results/scores/prompt_study/chunks.parquet"])
    scores = pd.read_parquet(path)
    for _, row in scores[scores["words"] > 0].iterrows():
        counted = jiwer.process_words(row["reference_normalized"], row["hypothesis_normalized"])
        errors = counted.substitutions + counted.deletions + counted.insertions
        assert errors == row["substitutions"] + row["deletions"] + row["insertions"]


@pytest.mark.slow
def test_another_count_is_named(archive: Path, tmp_path: Path) -> None:
    name = "results/scores/prompt_study/chunks.parquet"
    (tmp_path / "chunks.parquet").write_bytes(read_parts(archive)[name])
    scores = pd.read_parquet(tmp_path / "chunks.parquet")
    scores.loc[3, "substitutions"] += 1
    scores.to_parquet(tmp_path / "other.parquet")
    data = (tmp_path / "other.parquet").read_bytes()
    other = changed(archive, tmp_path / "a.zip", **{name: data})
    with pytest.raises(UserError, match="its scores are not those that come of what is in it"):
        call("verify", other)


@pytest.mark.slow
def test_another_reference_is_found_out(archive: Path, tmp_path: Path) -> None:
    other = changed(archive, tmp_path / "a.zip", **{"references/said.txt": b"nothing of that\n"})
    with pytest.raises(UserError, match="its scores are not those"):
        call("verify", other)


@pytest.mark.slow
def test_a_changed_byte_is_named(archive: Path, tmp_path: Path) -> None:
    parts = read_parts(archive)
    parts[ITEMS] += b" "
    with pytest.raises(UserError, match=r"results/items.tsv is not what SHA256SUMS says of it"):
        call("verify", write_parts(tmp_path / "a.zip", parts))
    del parts[ITEMS]
    with pytest.raises(UserError, match=r"results/items.tsv of its SHA256SUMS is not in it"):
        call("verify", write_parts(tmp_path / "b.zip", parts))


@pytest.mark.slow
def test_no_file_outside_is_read_for_a_reference(archive: Path, tmp_path: Path) -> None:
    """A path of this machine, or one that leads out: as if there were no reference."""
    (tmp_path / "secret.txt").write_text("a secret", encoding="utf-8")
    items = read_parts(archive)[ITEMS].decode()
    for path in (str(tmp_path / "secret.txt"), "../../secret.txt"):
        bad = items.replace("references/said.txt", path)
        assert bad != items
        other = changed(archive, tmp_path / "a.zip", **{ITEMS: bad.encode()})
        with pytest.raises(UserError, match="its scores are not those"):
            call("verify", other)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normalizers", "conventions", "metrics"])
def test_no_code_that_an_archive_names_is_run(archive: Path, tmp_path: Path, kind: str) -> None:
    settings = json.loads(read_parts(archive)[SETTINGS])
    settings["score"]["scoring"][kind] = [*settings["score"]["scoring"][kind], "os:system"]
    bad = changed(archive, tmp_path / "a.zip", **{SETTINGS: json.dumps(settings).encode()})
    with pytest.raises(UserError, match=r"'os:system' is none of ours; .* add --plugins"):
        call("verify", bad)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/etc/hostname", "../../../etc/hostname", "tables/none.txt"])
def test_no_table_outside_is_read(archive: Path, tmp_path: Path, path: str) -> None:
    settings = json.loads(read_parts(archive)[SETTINGS])
    settings["score"]["scoring"]["terms"]["tables"] = [path]
    bad = changed(archive, tmp_path / "a.zip", **{SETTINGS: json.dumps(settings).encode()})
    with pytest.raises(UserError, match="is not in the archive"):
        call("verify", bad)


@pytest.mark.parametrize(
    "name", ["../out.txt", "/tmp/out.txt", "a/../../out.txt", "a\\..\\out.txt"]
)
def test_no_file_is_written_outside(tmp_path: Path, name: str) -> None:
    parts = {"settings/a.json": b"{}", name: b"out"}
    with pytest.raises(UserError, match="leads out of it"):
        call("verify", resealed(parts, tmp_path / "a.zip"))


def test_what_is_no_archive_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip")
    with pytest.raises(UserError, match="no zip that can be read"):
        call("verify", tmp_path / "a.zip")
    with pytest.raises(UserError, match="it has no SHA256SUMS"):
        call("verify", write_parts(tmp_path / "b.zip", {"a.txt": b"a"}))
    with pytest.raises(UserError, match=r"it has no settings/\*.json"):
        call("verify", resealed({"a.txt": b"a"}, tmp_path / "c.zip"))
    for wrong in (b"no JSON", b"[]", b'{"score": {}}', b'{"score": 1, "compare": 2}'):
        parts = {"settings/a.json": wrong, ITEMS: b"recording\n"}
        with pytest.raises(UserError):
            call("verify", resealed(parts, tmp_path / "d.zip"))


def test_whatever_byte_of_an_archive_is_damaged_that_is_said(tmp_path: Path) -> None:
    text = " ".join(map(str, range(60))).encode()
    path = resealed({"a.txt": text}, tmp_path / "a.zip")
    with ZipFile(path) as plain, ZipFile(tmp_path / "b.zip", "w", ZIP_DEFLATED) as packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    whole = (tmp_path / "b.zip").read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
        with pytest.raises(UserError):
            call("verify", path)


def test_what_would_fill_the_disk_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    entry = ZipInfo("big.txt")
    with ZipFile(path, "w") as packed:
        packed.writestr(entry, b"small")
        entry.file_size = 2**60  # what the zip's list of files claims
    with pytest.raises(UserError, match="unpacked it has 1152921504606846976 bytes"):
        call("verify", path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "plan",
    [
        {"references": False},
        {"design": "random_groups"},
        {"chunkings": ("short", "long")},
        {"scoring": {"conventions": ["open_asr_leaderboard"]}},
    ],
    ids=lambda plan: next(iter(plan)),
)
def test_every_kind_of_study_comes_out_again(
    make_results: Callable[..., Made], tmp_path: Path, plan: dict[str, Any]
) -> None:
    made = make_results(recordings=3, chunks=2, **plan)
    write_text(made.page, compose_page(Results(made.folder), made.params, SOUNDS))
    config = write_config(made, tmp_path / "study.yaml")
    publish(config, tmp_path / "a.zip", "--audio", "--dataset", "acme/games")
    ran = call("verify", tmp_path / "a.zip")
    assert ran.exit_code == 0, ran.output


@pytest.mark.slow
def test_an_archive_that_was_packed_again_by_others_is_one(archive: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(archive, tmp_path / "unpacked")
    again = shutil.make_archive(str(tmp_path / "again"), "zip", tmp_path / "unpacked")
    assert call("verify", again).exit_code == 0
