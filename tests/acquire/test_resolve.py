"""The lock file: which recordings there are, their ids, shards, references and context."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from acquire_steps import write_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from snakescribe.acquire.ids import safe_id
from snakescribe.acquire.lock import extend_lock
from snakescribe.acquire.references import notify_of_reference_files
from snakescribe.acquire.sources import Found
from snakescribe.errors import UserError
from snakescribe.tables import Row

Resolve = Callable[..., list[Row]]


def touch(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b"RIFF")


def ids(rows: list[Row]) -> list[str]:
    return [row["recording"] for row in rows]


TALKS = {"source": "folder", "path": "talks"}


def test_a_recording_keeps_its_shard_when_the_list_grows(resolve: Resolve) -> None:
    touch("talks/b.wav", "talks/d.wav", "talks/f.wav")
    before = {row["recording"]: row["shard"] for row in resolve(TALKS, per_shard=2)}
    assert before == {"b": "s00000", "d": "s00000", "f": "s00001"}
    touch("talks/a.wav", "talks/z.wav")
    rows = resolve(TALKS, per_shard=2)
    assert ids(rows) == ["b", "d", "f", "a", "z"]
    assert [row["shard"] for row in rows] == ["s00000", "s00000", "s00001", "s00001", "s00002"]
    assert resolve(TALKS, per_shard=1) == rows


def test_references_that_cannot_be_read_are_said(
    resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    touch("a.wav", "b.wav", "c.wav", "a.txt", "b.docx")
    Path("t.csv").write_text(
        "id,audio,reference_file\na,a.wav,a.txt\nb,b.wav,b.docx\nc,c.wav,\n", encoding="utf-8"
    )
    resolve({"source": "table", "path": "t.csv"})
    (notice,) = [record.getMessage() for record in caplog.records]
    assert notice.startswith("b: the reference file does not end in .stm, ")
    assert "; not scored (b.docx); " in notice
    notify_of_reference_files([{"recording": "gone", "reference_file": "gone.txt"}])
    assert "gone: the reference file does not exist; not scored (gone.txt); " in caplog.text


def test_what_vanished_stays_and_what_lost_its_source_goes(resolve: Resolve) -> None:
    touch("talks/a.wav", "talks/b.wav", "more/c.wav")
    more = {"source": "folder", "path": "more"}
    resolve(TALKS, more)
    Path("talks/a.wav").unlink()
    assert ids(resolve(TALKS, more)) == ["a", "b", "c"]
    assert ids(resolve(more)) == ["c"]
    assert ids(resolve(TALKS, more)) == ["c", "b"]


def test_the_same_lists_give_the_same_file(resolve: Resolve) -> None:
    touch("talks/a.wav", "talks/b.wav")
    resolve(TALKS)
    before = Path("results/items.tsv").read_bytes()
    resolve(TALKS)
    assert Path("results/items.tsv").read_bytes() == before


def test_ids_are_safe_and_collisions_get_a_suffix_that_stays(
    resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    touch("talks/x/my talk.wav", "talks/y/my_talk.wav", "talks/z/my-talk.wav")
    touch("talks/Ünï.wav", "talks/речь.wav", "talks/..wav.wav", "talks/$(touch evil).wav")
    with caplog.at_level(logging.INFO):
        rows = {row["locator"]: row["recording"] for row in resolve(TALKS)}
    assert rows["talks/z/my-talk.wav"].startswith("my-talk-")
    assert rows["talks/x/my talk.wav"] == "my-talk"
    assert "the id 'my-talk' is taken" in caplog.text
    assert rows["talks/Ünï.wav"] == "Uni"
    assert rows["talks/речь.wav"].startswith("r-")
    assert rows["talks/$(touch evil).wav"] == "touch-evil"
    touch("talks/a/my talk.wav")
    again = {row["locator"]: row["recording"] for row in resolve(TALKS)}
    assert {path: again[path] for path in rows} == rows


@settings(deadline=None)
@given(st.text(min_size=1))
def test_any_name_gives_a_safe_id(name: str) -> None:
    found = safe_id(name)
    assert 0 < len(found) <= 100
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    assert safe_id(found) == found


@settings(deadline=None)
@given(
    st.lists(st.sets(st.sampled_from("abcdefghijkl"), min_size=1), min_size=1, max_size=6),
    st.one_of(st.integers(1, 4), st.just("auto")),
)
def test_shards_never_change_whatever_is_listed(
    lists: list[set[str]], per_shard: int | str
) -> None:
    locked: list = []
    for names in lists:
        before = {one.recording: one.shard for one in locked}
        found = {name: ("x", Found(name, name, "file", name)) for name in sorted(names)}
        locked = extend_lock(locked, found, {}, {"x"}, set(), per_shard)
        after = {one.recording: one.shard for one in locked}
        assert before.items() <= after.items()
        assert len(after) == len(locked)
        shards = [one.shard for one in locked]
        assert shards == sorted(shards)
        assert max(map(shards.count, shards)) <= (25 if per_shard == "auto" else per_shard)


def test_sources_that_name_one_recording_twice_count_it_once(
    place: Path, resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    name = "dQw4w9WgXcQ"
    touch(f"old/2019 {{yt-{name}}}.m4a", "talks/a.wav")
    write_rows(place / "list.tsv", [{"id": "first", "path": "talks/a.wav", "topic": "tea"}])
    with caplog.at_level(logging.INFO):
        rows = resolve(
            {"source": "youtube", "videos": [name]},
            {"source": "folder", "path": "old"},
            TALKS,
            {"source": "table", "path": "list.tsv"},
        )
    assert [(row["recording"], row["kind"]) for row in rows] == [(name, "file"), ("a", "file")]
    assert rows[1]["context"] == {"topic": "tea"}
    assert "it counts once" in caplog.text


def test_rows_with_ids_of_their_own_for_the_same_audio_are_told(
    place: Path, resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    touch("talks/a.wav")
    rows = [{"id": name, "path": "talks/a.wav", "reference": name} for name in ("one", "two")]
    write_rows(place / "list.tsv", rows)
    resolved = resolve({"source": "table", "path": "list.tsv"})
    assert [row["recording"] for row in resolved] == ["one"]
    assert "one: the id 'two' of table:list.tsv names the same audio; not counted" in caplog.text


def test_references_by_id_file_name_or_path(place: Path, resolve: Resolve) -> None:
    touch("talks/a.wav", "talks/b.wav", "talks/c.wav", "talks/deep/d.wav")
    (place / "refs").mkdir()
    for name in ("a.txt", "a.vtt", "b.srt", "other.txt"):
        (place / "refs" / name).write_text("WEBVTT\n", encoding="utf-8")
    rows = resolve({**TALKS, "references": "refs", "language": "en"})
    assert [row["reference_file"] for row in rows] == ["refs/a.vtt", "refs/b.srt", None, None]
    assert rows[0]["language"] == "en"
    write_rows(place / "refs.tsv", [
        {"id": "a", "reference": "Hello.", "reference_file": ""},
        {"id": "b.wav", "reference": "", "reference_file": "refs/b.srt"},
        {"id": "talks/deep/d.wav", "reference": "Deep.", "reference_file": ""},
    ])  # fmt: skip
    rows = resolve({**TALKS, "references": "refs.tsv"})
    assert [(row["reference"], row["reference_file"]) for row in rows] == [
        ("Hello.", None), (None, "refs/b.srt"), (None, None), ("Deep.", None),
    ]  # fmt: skip


def test_one_scoring_file_holds_the_references_of_many(place: Path, resolve: Resolve) -> None:
    touch("talks/a.wav", "talks/b.wav")
    (place / "all.stm").write_text(
        ";; a comment\na 1 x 0 1.5 <o,f0> hello there\nb 1 x 0 2 good night\na 1 x 2 3 again\n",
        encoding="utf-8",
    )
    rows = resolve({**TALKS, "references": "all.stm"})
    first, second = (Path(row["reference_file"]).read_text(encoding="utf-8") for row in rows)
    assert "good night" not in first
    assert "again" in first
    assert second == "b 1 x 0 2 good night\n"


def test_a_table_of_recordings(place: Path, resolve: Resolve) -> None:
    touch("lists/a.wav", "b.wav")
    (place / "lists" / "a.txt").write_text("Hello.", encoding="utf-8")
    (place / "lists" / "all.csv").write_bytes(
        "\ufeffid,audio,reference,reference_file,language,speaker,title,team\r\n"
        "one,a.wav,,a.txt,en,Ann,A talk,Reds\r\n"
        '\r\n# not this one\r\ntwo,b.wav,"He said ""no"", twice",,,,,"Blues, the"\r\n'
        "three,https://example.org/x.mp3,,,,,,\r\n".encode()
    )
    one, two, three = resolve({"source": "table", "path": "lists/all.csv"})
    assert one == {
        "recording": "one", "shard": "s00000", "source": "table:lists/all.csv", "kind": "file",
        "locator": "lists/a.wav", "start": None, "end": None, "title": "A talk",
        "language": "en", "speaker": "Ann", "reference": None,
        "reference_file": "lists/a.txt", "context": {"team": "Reds"},
    }  # fmt: skip
    assert (two["locator"], two["reference"]) == ("b.wav", 'He said "no", twice')
    assert two["context"] == {"team": "Blues, the"}
    assert (three["kind"], three["locator"]) == ("url", "https://example.org/x.mp3")


def test_a_table_without_ids_takes_them_from_the_files(place: Path, resolve: Resolve) -> None:
    rows = [{"file": "x/a.wav"}, {"file": "https://example.org/b.mp3?x=1"}]
    write_rows(place / "list.tsv", rows)
    assert ids(resolve({"source": "table", "path": "list.tsv"})) == ["a", "b"]


def test_a_jsonl_table(place: Path, resolve: Resolve) -> None:
    rows = [{"id": "a", "path": "a.wav", "players": ["Ann", "Bo"], "inning": 3, "x": None}]
    (place / "list.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (row,) = resolve({"source": "table", "path": "list.jsonl"})
    assert row["context"] == {"players": "Ann, Bo", "inning": 3, "x": ""}


def test_tabs_need_no_quotes(place: Path, resolve: Resolve) -> None:
    (place / "list.tsv").write_text(
        'id\taudio\treference\na\ta.wav\t"Stop" he said\nb\tb.wav\t"All ""of"" it"\nc\tc.wav\t"\n',
        encoding="utf-8",
    )
    rows = resolve({"source": "table", "path": "list.tsv"})
    assert [row["reference"] for row in rows] == ['"Stop" he said', 'All "of" it', '"']
    (place / "list.tsv").write_text(
        'id\taudio\treference\na\ta.wav\t"two\nlines"\n', encoding="utf-8"
    )
    assert resolve({"source": "table", "path": "list.tsv"})[0]["reference"] == "two\nlines"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.tsv", b"id\taudio\na\ta.wav\nb\n", "t.tsv: line 3: 1 cells where the header has 2"),
        ("t.csv", b'id,audio\na,"a.wav\n', "t.csv: line 2"),
        ("t.csv", b"id,audio\na,a.wav\na,b.wav\n", "t.csv: line 3: the id 'a' stands in line 2"),
        ("t.csv", b"id,audio\na,\n", "t.csv: line 2: no audio"),
        ("t.csv", b"id,id\na,b\n", "t.csv: line 1: two columns are named 'id'"),
        ("t.csv", b"id,audio\n\xff,b\n", "t.csv: line 2: not UTF-8"),
        ("t.csv", b"", "t.csv: line 1: an empty table"),
        ("t.jsonl", b'{"id": "a", "audio": "a.wav"}\n{"id"\n', "t.jsonl: line 2: this is not JSON"),
        ("t.jsonl", b"[1]\n", "t.jsonl: line 1: not a JSON object"),
        ("t.xls", b"", "a table is a .csv, .tsv, .jsonl or .json file"),
        ("t.csv", b"id,audio,reference_file\na,a.wav,gone.txt\n", "line 2: reference_file: no"),
    ],
)
def test_a_malformed_table_is_told_by_file_and_line(
    place: Path, resolve: Resolve, name: str, content: bytes, message: str
) -> None:
    (place / name).write_bytes(content)
    with pytest.raises(UserError) as error:
        resolve({"source": "table", "path": name})
    assert message in str(error.value)
    assert not (place / "results" / "items.tsv").exists()


def test_a_pattern_that_matches_nothing_is_named(resolve: Resolve) -> None:
    with pytest.raises(UserError, match="no audio file matches 'talks'"):
        resolve(TALKS)


def test_context_tables_join_by_id(
    place: Path, resolve: Resolve, caplog: pytest.LogCaptureFixture
) -> None:
    touch("talks/my talk.wav", "talks/b.wav")
    write_rows(place / "one.tsv", [
        {"id": "my talk", "team": "Reds", "title": "Mine"},
        {"id": "b", "team": "Blues", "title": ""},
        {"id": "nobody", "team": "", "title": ""},
    ])  # fmt: skip
    write_rows(place / "two.tsv", [{"id": "b", "team": "Greens"}])
    b, mine = resolve(TALKS, context=[{"table": "one.tsv"}, {"table": "two.tsv"}])
    assert (mine["title"], mine["context"]) == ("Mine", {"team": "Reds"})
    assert (b["title"], b["context"]) == (None, {"team": "Greens"})
    assert "1 id matches no recording: nobody" in caplog.text
    write_rows(place / "bad.tsv", [{"name": "b"}])
    with pytest.raises(UserError, match="line 2: no id"):
        resolve(TALKS, context=[{"table": "bad.tsv"}])
