"""Which reference belongs to which recording, whatever the folders, names and languages."""

import logging
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from acquire_steps import write_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from snakescribe.acquire.nearest import name_with_nearest
from snakescribe.acquire.reference_match import Entry, match_references
from snakescribe.acquire.sources import Found
from snakescribe.acquire.sources.listing import Part
from snakescribe.errors import UserError
from snakescribe.tables import Row

Resolve = Callable[..., list[Row]]
TALKS = {"source": "folder", "path": "talks", "references": "refs"}


def touch(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("x", encoding="utf-8")


def files(rows: Iterable[Row]) -> dict[str, str | None]:
    return {row["locator"]: row["reference_file"] for row in rows}


def test_folders_tell_equal_names_apart(resolve: Resolve) -> None:
    touch("talks/ann/u001.wav", "talks/bob/u001.wav", "talks/cy/u002.wav", "talks/u003.flac")
    touch("refs/ann/u001.srt", "refs/u002.txt", "refs/u003.flac.srt")
    assert files(resolve(TALKS)) == {
        "talks/ann/u001.wav": "refs/ann/u001.srt",
        "talks/bob/u001.wav": None,
        "talks/cy/u002.wav": "refs/u002.txt",
        "talks/u003.flac": "refs/u003.flac.srt",
    }
    touch("refs/bob/u001.srt")
    assert files(resolve(TALKS))["talks/bob/u001.wav"] == "refs/bob/u001.srt"
    inner = {**TALKS, "path": "talks/bob"}
    assert files(resolve(inner)) == {"talks/bob/u001.wav": "refs/bob/u001.srt"}
    pattern = {**TALKS, "path": "talks/*/u001.wav"}
    assert files(resolve(pattern))["talks/bob/u001.wav"] == "refs/bob/u001.srt"


def test_a_file_of_another_program_beside_a_transcript_is_told_and_passed_over(
    resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    touch("talks/a.wav", "talks/a.txt")
    Path("talks/a.json").write_text('{"gain": 3}', encoding="utf-8")
    rows = resolve({"source": "folder", "path": "talks", "references": "beside"})
    assert files(rows) == {"talks/a.wav": "talks/a.txt"}
    assert "talks/a.json: segment 1" in caplog.text


@pytest.mark.parametrize(
    ("audio", "references"),
    [
        (["talks/ann/u001.wav", "talks/bob/u001.wav"], ["refs/u001.srt"]),
        (["talks/ann/u001.wav"], ["refs/x/u001.srt", "refs/y/u001.srt"]),
    ],
)
def test_what_may_be_either_is_an_error_that_names_both(
    resolve: Resolve, audio: list[str], references: list[str]
) -> None:
    touch(*audio, *references)
    with pytest.raises(UserError) as error:
        resolve(TALKS)
    assert all(name in str(error.value) for name in (*audio, *references))
    assert "by the recording's path below its folder" in str(error.value)


def test_a_table_names_recordings_in_one_way(place: Path, resolve: Resolve) -> None:
    touch("talks/ann/u001.wav", "talks/bob/u001.wav")
    entry = {**TALKS, "references": "refs.tsv"}
    write_rows(place / "refs.tsv", [
        {"id": "ann/u001", "reference": "hello"}, {"id": "bob/u001.wav", "reference": "bye"},
    ])  # fmt: skip
    assert [row["reference"] for row in resolve(entry)] == ["hello", "bye"]
    write_rows(place / "refs.tsv", [{"id": "u001", "reference": "hello"}])
    with pytest.raises(UserError, match=r"u001 may be of talks/ann/u001\.wav or of talks/bob/"):
        resolve(entry)
    rows = [{"id": "ann/u001", "reference": "hello"}, {"id": "ann/u001", "reference": "bye"}]
    write_rows(place / "refs.tsv", rows)
    with pytest.raises(UserError, match="line 3: the reference of 'ann/u001' stands in line 2"):
        resolve(entry)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": "a", "reference": " "}, None),
        ({"id": "a", "reference": "", "reference_file": ""}, None),
        ({"id": "a", "topic": "tea"}, "line 2: a reference needs `id` and `reference`"),
        ({"id": "", "reference": "hello"}, "line 2: a reference needs `id` and `reference`"),
    ],
)
def test_an_empty_cell_of_a_table_is_no_reference(
    row: Row,
    told: str | None,
    place: Path,
    resolve: Resolve,
    caplog: pytest.LogCaptureFixture,
) -> None:
    touch("talks/a.wav", "talks/b.wav")
    write_rows(
        place / "refs.tsv", [row, *([] if told else [{**row, "id": "b", "reference": "bye"}])]
    )
    entry = {**TALKS, "references": "refs.tsv"}
    if told:
        with pytest.raises(UserError, match=told):
            resolve(entry)
        return
    assert [row["reference"] or None for row in resolve(entry)] == [None, "bye"]
    assert "1 of 2 rows have no reference: a" in caplog.text


@pytest.mark.parametrize(
    ("language", "there", "taken"),
    [
        ("en", ["talk.en.vtt"], "talk.en.vtt"),
        ("", ["talk.en.vtt"], "talk.en.vtt"),
        ("de", ["talk.en.vtt", "talk.de.srt"], "talk.de.srt"),
        ("en", ["talk.en-US.vtt", "talk.en.srt"], "talk.en.srt"),
        ("pt", ["talk.pt-BR.vtt", "talk.txt"], "talk.pt-BR.vtt"),
        ("de", ["talk.en.vtt", "talk.txt"], "talk.txt"),
        ("", ["talk.en.vtt", "talk.txt"], "talk.txt"),
        ("en", ["talk.wav.en.vtt"], "talk.wav.en.vtt"),
        ("en", ["talk.eng.srt", "talk.ger.srt"], "talk.eng.srt"),
        ("de", ["talk.eng.srt", "talk.ger.srt"], "talk.ger.srt"),
        ("en", ["talk.mp3.srt"], "talk.mp3.srt"),
        ("en", ["talk.one.srt"], None),
        ("de", ["talk.en.vtt"], None),
        ("", ["talk.en.vtt", "talk.de-orig.vtt"], "talk.de-orig.vtt"),
    ],
)
def test_the_language_of_the_recording_comes_first(
    resolve: Resolve, language: str, there: list[str], taken: str | None
) -> None:
    touch("talks/talk.wav", *(f"refs/{name}" for name in there))
    (row,) = resolve({**TALKS, "language": language})
    assert row["reference_file"] == (f"refs/{taken}" if taken else None)


def test_translations_and_guesses_are_told(
    resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    touch("talks/talk.wav", "talks/talk.en.wav", "refs/talk.en.vtt", "refs/talk.de.vtt")
    rows = resolve({**TALKS, "language": "fr"})
    assert files(rows) == {"talks/talk.wav": None, "talks/talk.en.wav": "refs/talk.en.vtt"}
    assert "talk: references in de only, and the recording is in fr: translations" in caplog.text
    touch("refs/talk.pt.vtt")
    assert files(resolve(TALKS))["talks/talk.wav"] == "refs/talk.de.vtt"
    assert "talk: references in de, pt, and the recording's language is not known" in caplog.text
    assert "match no recording" not in caplog.text


def test_parts_of_a_file_are_named_by_their_ids_alone() -> None:
    parts = [
        Found(name, name, "file", "talks/talk.wav", part=Part(start, start + 1))
        for name, start in (("one", 0.0), ("two", 1.0))
    ]
    entries = [Entry("talk", file="talk.srt"), Entry("two", file="two.srt")]
    chosen, used = match_references(entries, parts)
    assert chosen == {"two": entries[1]}
    assert used == {entries[1]}
    beside = [Entry("talks/talk", file="talks/talk.srt")]
    assert match_references(beside, parts, by_path_only=True) == ({}, set())


def test_addresses_of_sites_have_no_names() -> None:
    urls = ["http://[::1]:9/", "http://[::1]:9/a/talk.mp3", "http://[::1]:9/b/talk.mp3"]
    recordings = [Found(f"url:{url}", "x", "url", url, exact=False) for url in urls]
    entry = Entry("talk", file="talk.srt")
    assert match_references([entry], recordings[:2])[0] == {f"url:{urls[1]}": entry}
    with pytest.raises(UserError, match="may be of http"):
        match_references([entry], recordings)


def test_files_of_videos_have_the_id_in_their_names(resolve: Resolve) -> None:
    name = "dQw4w9WgXcQ"
    touch(
        f"old/2019 {{yt-{name}}}.m4a", f"refs/A talk [{name}].en.vtt", f"refs/old {{yt-{name}}}.txt"
    )
    (row,) = resolve({**TALKS, "path": "old", "language": "en"})
    assert row["reference_file"] == f"refs/A talk [{name}].en.vtt"


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_names_are_compared_in_one_form_of_unicode(resolve: Resolve, forms: tuple) -> None:
    audio, reference = (unicodedata.normalize(form, "Zoë é") for form in forms)
    touch(f"talks/{audio}.wav", f"refs/{reference}.txt")
    (row,) = resolve(TALKS)
    assert row["reference_file"] == f"refs/{reference}.txt"


def test_references_beside_the_recordings(
    place: Path, resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    touch("talks/talk.wav", "talks/talk.txt", "talks/sub/talk.wav", "talks/sub/talk.en.vtt")
    touch("talks/late.wav", "talks/late.wav.srt", "talks/lat.txt", "talks/talk.info.json")
    rows = resolve({**TALKS, "references": "beside"})
    assert files(rows) == {
        "talks/late.wav": "talks/late.wav.srt",
        "talks/sub/talk.wav": "talks/sub/talk.en.vtt",
        "talks/talk.wav": "talks/talk.txt",
    }
    (notice,) = [record.getMessage() for record in caplog.records]
    assert "1 of 4 references match no recording: talks/lat (is late meant?)" in notice
    write_rows(place / "list.tsv", [
        {"id": "one", "path": "talks/talk.wav", "reference": ""},
        {"id": "two", "path": "talks/sub/talk.wav", "reference": "Hello."},
        {"id": "far", "path": "http://127.0.0.1:9/talk.wav", "reference": ""},
    ])  # fmt: skip
    rows = resolve({"source": "table", "path": "list.tsv", "references": "beside"})
    assert [(row["recording"], row["reference"], row["reference_file"]) for row in rows] == [
        ("one", None, "talks/talk.txt"), ("two", "Hello.", None), ("far", None, None),
    ]  # fmt: skip


def test_what_matches_nothing_is_named_with_the_nearest(
    place: Path, resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    touch("talks/talk01.wav", "refs/talk1.txt", "refs/other.txt", "refs/talk01.txt")
    write_rows(place / "context.tsv", [{"id": "tallk01", "topic": "tea"}])
    with caplog.at_level(logging.WARNING):
        resolve(TALKS, context=[{"table": "context.tsv"}])
    assert "2 of 3 references match no recording: other, talk1 (is talk01 meant?)" in caplog.text
    assert "1 id matches no recording: tallk01 (is talk01 meant?)" in caplog.text


def test_a_text_of_another_kind_is_told(resolve: Resolve, caplog: pytest.LogCaptureFixture) -> None:
    touch("talks/a.wav", "talks/b.wav", "talks/c.wav", "refs/a.docx", "refs/b.docx", "refs/b.txt")
    touch("refs/notes.docx", "refs/c.png", "refs/d.txt")
    rows = resolve(TALKS)
    assert [row["reference_file"] for row in rows] == [None, "refs/b.txt", None]
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("a: a.docx may be its reference, and does not end in .stm, ")
    assert "match no recording: d" in second


def test_sources_that_share_references_leave_no_strangers(
    resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    touch("talks/a.wav", "more/b.wav", "refs/a.txt", "refs/b.txt", "refs/b.srt")
    resolve(TALKS, {**TALKS, "path": "more"})
    assert caplog.text == ""


def test_only_the_first_are_named() -> None:
    assert name_with_nearest([f"x{number}" for number in range(7)], []) == "x0, x1, x2, x3, x4 ..."


NAMES = st.lists(st.sampled_from(["a", "b", "c.en", "c"]), min_size=1, max_size=3).map("/".join)


@settings(deadline=None, max_examples=50)
@given(st.sets(NAMES, min_size=1, max_size=5), st.sets(NAMES, max_size=5))
def test_a_path_of_its_own_is_never_given_to_another(audio: set[str], names: set[str]) -> None:
    recordings = [
        Found(f"file:{path}", Path(path).name, "file", f"talks/{path}.wav", exact=False)
        for path in sorted(audio)
    ]
    entries = [Entry(name, file=f"refs/{name}.txt") for name in sorted(names)]
    try:
        chosen, used = match_references(entries, recordings)
    except UserError as error:
        assert "may" in str(error)
        return
    assert set(chosen.values()) <= used
    for recording in recordings:
        path = recording.locator.removeprefix("talks/").removesuffix(".wav")
        if path in names and len(Path(path).parts) > 1:
            assert chosen[recording.identity].name == path


def test_references_beside_recordings_of_a_whole_path(place: Path, resolve: Resolve) -> None:
    touch("talks/a.wav", "talks/a.txt", "talks/ann/b.wav", "talks/ann/b.srt")
    talks = str(place / "talks")
    rows = resolve({"source": "folder", "path": talks, "references": "beside"})
    assert files(rows) == {
        f"{talks}/a.wav": f"{talks}/a.txt",
        f"{talks}/ann/b.wav": f"{talks}/ann/b.srt",
    }
