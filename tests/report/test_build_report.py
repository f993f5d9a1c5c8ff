"""The page of an experiment: complete, closed, escaped, and true to the tables."""

import base64
import csv
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from PIL import Image
from report_study import SOUNDS, TITLES, Made
from rich.console import Console

from snakescribe.cli import cli
from snakescribe.cli.figures import print_summary
from snakescribe.config.block import as_json
from snakescribe.evaluate.audited import read_audit
from snakescribe.notices import Job, collecting
from snakescribe.report.compose import compose_page
from snakescribe.report.numbers import percent, points
from snakescribe.results import Results
from snakescribe.tables import NOTICES, TRANSCRIPTS, Row, read_table
from snakescribe.tables.scores import COMPARISONS, CONDITIONS, SCORES

pytestmark = pytest.mark.slow

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "use", "rect"}


class Page(HTMLParser):
    """Collects elements, and fails where a tag is closed that was not open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = text
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.cells: dict[str, list[str]] = {}
        self._open: list[str] = []
        self._row: str | None = None
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self._row = found.get("data-condition")
        if tag == "td" and self._row:
            self.cells.setdefault(self._row, []).append(found.get("data-value") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in {"style", "script"}:
            self.words.append(data)

    @property
    def prose(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def build(made: Made) -> Page:
    run = CliRunner().invoke(
        cli,
        [
            "report", "build", "--results", str(made.folder),
            "--settings", as_json(made.params), "--output", str(made.page),
        ],
        catch_exceptions=False,
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    return Page(made.page.read_text(encoding="utf-8"))


def build_notices(made: Made) -> list[Row]:
    """Build the page; what its job has to tell."""
    path = made.folder / "notices.tsv"
    with collecting(Job("report", "build_report", "prompt_study"), path):
        compose_page(Results(made.folder), made.params, SOUNDS)
    return list(read_table(NOTICES, path))


@pytest.fixture(scope="session")
def page(made: Made) -> Page:
    return build(made)


def test_question_is_the_headline_and_the_best_condition_the_answer(made: Made, page: Page) -> None:
    best = min(made.rows(CONDITIONS), key=lambda row: row["wer"])
    assert made.params.experiment.question in page.prose
    assert f"{best['condition']} made the fewest errors" in page.prose
    assert percent(float(best["wer"])) in page.prose


def test_what_people_say_of_an_experiment_stands_at_the_top(
    make_results: Callable[..., Made],
) -> None:
    notes = ["The second <b>try</b>.", "Ask {why} next."]
    page = build(make_results(recordings=2, description="Nine & more talks.", notes=notes))
    top = page.prose.partition("Conditions")[0]
    for said in ("Nine & more talks.", "2 notes", *notes):
        assert said in top


def test_where_the_recordings_come_from_is_told_list_by_list(page: Page) -> None:
    place = page.prose.index("Where the recordings come from")
    told = page.prose[place : place + 900]
    assert "1 of 3 lists could not be listed." in told
    # The list of which all was taken comes last.
    assert (
        "rss:<img src=x onerror=alert(1)> 40 37 2 left out by match_filters: tags, 1 named before; "
        "2 kept that it no longer lists youtube:PLgone 0 0 cannot be listed: "
        "HTTP Error 503 folder:talks 9 9" in told
    )


def test_the_page_tells_how_many_scores_were_computed_twice(made: Made, page: Page) -> None:
    audit = read_audit(made.folder / "scores" / made.params.experiment.name / SCORES.file_name)
    assert audit is not None
    assert audit.rows > 100
    assert f"Scores are audited: {audit.rows:,} of {audit.of:,}, no difference" in page.prose


def test_what_needs_no_reference_is_told_by_factor(page: Page) -> None:
    place = page.prose.index("What each factor did to what needs no reference")
    assert "words per second prompt" in page.prose[place : place + 2500]


def test_figures_are_those_of_the_tables(made: Made, page: Page) -> None:
    rows = made.rows(CONDITIONS)
    assert len(page.cells) == len(rows) == 6
    for row in rows:
        cells = page.cells[row["condition"]]
        shown = [float(cells[place]) for place in (0, 1, 2, 3, 4, 5, 6)]
        names = ("wer", "wer_low", "cer", "substitutions", "deletions", "insertions", "rtfx")
        assert shown == pytest.approx([float(row[name]) for name in names])
        assert [int(one) for one in cells[-3:]] == [
            int(row[name]) for name in ("recordings", "chunks", "words")
        ]
        assert percent(row["wer"]) in page.prose
    for row in made.rows(COMPARISONS):
        assert points(row["delta"], unit=False) in page.prose
        assert row["verdict"] in page.prose


def test_page_asks_nobody_for_anything(page: Page) -> None:
    for tag, attributes in page.elements:
        for name in ("src", "href", "action", "srcset", "data", "poster", "background"):
            target = attributes.get(name) or ""
            beside = tag == "a" and target.partition("#")[0] == "prompt_study/index.html"
            assert not target or target.startswith(("data:", "#")) or beside, (tag, target)
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
    without_data = re.sub(r"data:audio/mpeg;base64,[A-Za-z0-9+/=]+", "", page.text)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\((?!#)", without_data)


def test_every_table_can_be_saved_whole(made: Made, page: Page) -> None:
    links = {one["download"]: one["href"] or "" for one in page.all("a") if "download" in one}
    scores = made.folder / "scores" / made.params.experiment.name
    files = {"conditions.csv", "comparisons.csv", "factors.csv", "chunkings.csv", "errors.csv"}
    saved = {name: base64.b64decode(uri.partition("base64,")[2]) for name, uri in links.items()}
    assert set(links) >= files | {"left_out.csv", "sources.csv"}
    for name in set(saved) - {"left_out.csv", "sources.csv"}:
        assert saved[name] == (scores / str(name)).read_bytes()
    failed = list(csv.DictReader(StringIO(saved["left_out.csv"].decode())))
    assert [row["status"] for row in failed] == ["unavailable", "corrupt", "no_speech"]
    assert failed[0]["reason"] == "the video is private <img src=x onerror=alert(1)>"
    lists = csv.DictReader(StringIO(saved["sources.csv"].decode()))
    (feed,) = [row for row in lists if row["listing"].startswith("rss:")]
    assert feed["skipped"] == "left out by match_filters: tags: 2; named before: 1"


def test_tables_that_are_too_large_say_where_they_lie(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    from snakescribe.report import downloads

    monkeypatch.setattr(downloads, "BUDGET_BYTES", 10)
    found = Page(compose_page(Results(made.folder), made.params, SOUNDS))
    assert not [one for one in found.all("a") if "download" in one]
    assert "comparisons.csv is too large for this page: it lies in scores/" in found.prose


def test_the_methods_can_be_pasted_into_a_paper(made: Made, page: Page) -> None:
    text = page.prose[page.prose.index("For a paper") :].partition("What ran")[0]
    row = made.rows(CONDITIONS)[0]
    for part in (
        "10 recordings; 13.3 min; 1,528 words",
        "faster-whisper 1.2.1 (weights tiny.en, SHA-256 1a5afae01a5a, int8, on cpu)",
        "6 conditions of the factors audio (raw, denoised); prompt (none, names, unrelated), with "
        "raw.none as the baseline",
        f"normalised by the rules auto ({row['normalizer_version']}, "
        f"SHA-256 {row['normalizer_digest'][:12]})",
        "draws each recording with replacement (10,000 replicates, seed 0)",
        "Holm's method",
        "ruled out a difference of more than one point",
        "Mölder et al.",
        "Radford et al.",
    ):
        assert part in text


def test_policy_admits_this_style_and_script_only(page: Page) -> None:
    policy = next(
        one["content"] or ""
        for one in page.all("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    for tag in ("style", "script"):
        sources = re.findall(f"<{tag}>(.*?)</{tag}>", page.text, flags=re.S)
        assert len(sources) == len(page.all(tag)) == 1
        digest = base64.b64encode(hashlib.sha256(sources[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_words_of_strangers_are_text(page: Page) -> None:
    assert "<script>alert" not in page.text
    pictures = [one["src"] or "" for one in page.all("img")]
    assert all(source.startswith("data:image/png;base64,") for source in pictures)
    assert "onerror" not in {name for _, attributes in page.elements for name in attributes}
    for title in (TITLES[1], TITLES[2]):
        assert title in page.prose
    assert "the video is private <img src=x onerror=alert(1)>" in page.prose
    assert "</p><i>" in page.prose
    assert "\x07" not in re.sub(r"<bdi>.*?</bdi>|aria-label=\".*?\"", "", page.text)


def test_figures_are_drawings_with_words_and_tips(page: Page, made: Made) -> None:
    drawings = re.findall(r"<svg .*?</svg>", page.text, flags=re.S)
    labels = [one.get("aria-label") or "" for one in page.all("svg")]
    assert len(drawings) == 12 and all(one.get("role") == "img" for one in page.all("svg"))
    ids = [one["id"] for _, one in page.elements if "id" in one]
    assert len(ids) == len(set(ids))
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert not [one for one in root.iter() if "#0000" in str(one.attrib)], (
            "stand-in colour left"
        )
        targets = [one.get("href", "#")[1:] for one in root.iter() if one.get("href")]
        assert set(targets) <= {one.get("id") for one in root.iter()}
    text = "".join(drawings)
    assert "@0@" not in text and "var(--better)" in text
    for row in made.rows(CONDITIONS):
        assert f"{row['condition']}: WER {percent(float(row['wer']))}" in labels[0]
        assert f"<title>{row['condition']}: WER {percent(float(row['wer']))}" in text


def test_failures_are_listed_with_stage_and_reason(page: Page) -> None:
    assert "3 of 13 recordings got no transcript." in page.prose
    for stage, status, reason in (
        ("acquire", "unavailable", "the video is private"),
        ("process, raw", "corrupt", "ffmpeg cannot decode it"),
        ("process", "no speech", "no speech was found"),
    ):
        assert re.search(f"{stage} {status} {re.escape(reason)}", page.prose)


def test_chunks_can_be_heard_and_read(page: Page) -> None:
    sounds = page.all("audio")
    assert 10 <= len(sounds) <= 20
    data = base64.b64decode((sounds[0]["src"] or "").removeprefix("data:audio/mpeg;base64,"))
    assert data[:2] in (b"\xff\xf3", b"\xff\xfb", b"\xff\xf2")
    assert page.all("mark") and page.all("del") and page.all("ins")
    assert "Where conditions differ most" in page.prose
    assert "Where all of them struggle" in page.prose
    assert "Salterton Mudlarks against Dunross Badgers, with <b>Szabo</b>." in page.prose


def test_building_twice_gives_the_same_bytes(made: Made, tmp_path: Path, page: Page) -> None:
    from snakescribe.report.build import build_report

    again = tmp_path / "again.html"
    build_report(made.folder, made.params, again, SOUNDS)
    assert again.read_text(encoding="utf-8") == page.text
    assert again.stat().st_size < 3_000_000
    folders = made.page.with_suffix(""), again.with_suffix("")
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in folders
    )
    assert first == second and len(first) > 30


def test_sound_is_cut_to_its_budget_and_the_page_says_so(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    from snakescribe.report import compose

    monkeypatch.setattr(compose, "AUDIO_BUDGET_BYTES", 100)
    mute = Page(compose.compose_page(Results(made.folder), made.params, SOUNDS))
    assert mute.all("audio") == []
    assert "clips left out, to keep this page small" in mute.prose


def test_the_hardest_recordings_have_a_picture(made: Made, page: Page) -> None:
    rates = {}
    for row in read_table(SCORES, made.folder / "scores" / "prompt_study" / SCORES.file_name):
        if row["normalizer"] == made.params.scoring.normalizers[0]:
            errors = row["substitutions"] + row["deletions"] + row["insertions"]
            sums = rates.setdefault((row["recording"], row["condition"]), [0, 0])
            sums[0], sums[1] = sums[0] + errors, sums[1] + row["words"]
    highest: dict[str, float] = {}
    for (recording, _), (errors, words) in rates.items():
        highest[recording] = max(highest.get(recording, 0), errors / words)
    hardest = sorted(highest, key=lambda recording: -highest[recording])[:3]
    shown = page.all("img")
    assert [(one["alt"] or "").partition(":")[0] for one in shown] == hardest
    for one in shown:
        data = base64.b64decode((one["src"] or "").removeprefix("data:image/png;base64,"))
        assert Image.open(BytesIO(data)).size[0] == 900
        assert len(data) < 150_000


def test_pictures_are_left_out_where_they_are_too_large_or_the_sound_is_gone(
    make_results: Callable[..., Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    from snakescribe.report import pictures

    made = make_results(recordings=2, chunks=1)
    monkeypatch.setattr(pictures, "BUDGET_BYTES", 10)
    assert build(made).all("img") == []
    told = [row for row in build_notices(made) if row["kind"] == "picture_missing"]
    assert len(told) == 2 and all("too much for the page" in row["text"] for row in told)
    for path in (made.folder / "audio").rglob("*.tsv"):
        text = path.read_text(encoding="utf-8").replace("tone'.flac", "gone.flac")
        path.write_text(text, encoding="utf-8")
    told = [row for row in build_notices(made) if row["kind"] == "picture_missing"]
    assert len(told) == 2 and all("cannot be made again" in row["text"] for row in told)


def test_a_chunk_file_that_is_gone_with_its_audio_costs_only_its_sound(
    make_results: Callable[..., Made],
) -> None:
    made = make_results(recordings=2, chunks=1)
    assert build(made).all("audio")
    for path in [*(made.folder / "chunks").rglob("*.tsv"), *(made.folder / "audio").rglob("*.tsv")]:
        path.write_text(
            path.read_text(encoding="utf-8").replace("tone'.flac", "gone.flac"), encoding="utf-8"
        )
    found = build(made)
    assert found.all("audio") == []
    assert found.all("mark")


def test_an_engine_that_reads_no_prompts_is_told_and_chance_is_not_blamed(
    make_results: Callable[..., Made],
) -> None:
    page = build(make_results(deaf=True, audio=("raw",), prompts=("none", "names")))
    unread = "every text is the same: this engine seems not to read prompts."
    assert f"With none , names {unread}" in page.prose
    assert f"names instead of none : {unread}" in page.prose
    assert "Cannot tell" not in page.prose


def test_one_condition(make_results: Callable[..., Made]) -> None:
    made = make_results(audio=["raw"], prompts=["none"], recordings=4)
    found = build(made)
    (row,) = made.rows(CONDITIONS)
    assert f"{percent(float(row['wer']))} of the words were wrong" in found.prose
    assert "Comparisons" not in found.prose
    assert "Only 4 recordings" in found.prose


def test_without_references_it_shows_what_was_heard(
    make_results: Callable[..., Made],
) -> None:
    """Whole transcripts with sound, confidence and agreement; no talk of errors."""
    made = make_results(references=False, recordings=3, question="What do they say?")
    found = build(made)
    assert "There are no references" in found.prose
    told = found.prose.partition("To run it again")[0]  # the config names all options
    for word in ("WER", "error rate", "wrong", " errors"):
        assert word not in told
    assert "Being sure is not being right" in found.prose
    assert "words were heard in 4.0 minutes of sound, in 3 recordings" in found.prose
    heard = found.text[found.text.index('<section id="heard">') :].partition("</section>")[0]
    shown = Page(heard + "</section>")
    (shard,) = Results(made.folder).shards()
    path = Results(made.folder).path(TRANSCRIPTS, passname="tiny-en.raw", shard=shard)
    texts = [row["text"] for row in read_table(TRANSCRIPTS, path) if row["prompt"] == "none"]
    assert len(texts) == len(shown.all("audio")) == 12
    for text in texts:
        assert text.lower() in shown.prose.lower()
    assert shown.prose.count("5 other readings") == 12
    assert "sure · conditions agree on" in shown.prose
    assert any(one.get("class") == "doubt-1" for one in shown.all("span"))
    rows = [row for row in made.rows(COMPARISONS) if row["family"] == "pairs"]
    most = max(row["agreement"] for row in rows)
    assert f"wrote {100 * most:.1f}% of the words alike; least" in found.prose


def test_transcripts_too_long_for_a_page_are_counted(
    make_results: Callable[..., Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    from snakescribe.report import compose, heard

    made = make_results(references=False, recordings=3, audio=["raw"], prompts=["none"])
    monkeypatch.setattr(heard, "MAX_CHARACTERS", 1800)
    monkeypatch.setattr(compose, "TRANSCRIPT_AUDIO_BYTES", 10)
    found = build(made)
    assert "1 recording is left out, to keep this page small" in found.prose
    assert "8 chunks are without their sound" in found.prose


def test_where_nothing_was_said_it_tells_who_made_words_up(
    make_results: Callable[..., Made],
) -> None:
    found = build(make_results(said="[silence]", recordings=6))
    assert "Nothing was said in these recordings:" in found.prose
    assert "made up the fewest words," in found.prose
    few = build(make_results(said="[silence]", recordings=3, prompts=["none", "names"]))
    assert "Cannot tell which condition makes up fewer words: " in few.prose
    assert "made up the fewest words" not in few.prose
    assert "There are no references" not in found.prose
    assert "Words a minute" in found.prose


def test_nothing_worked(make_results: Callable[..., Made]) -> None:
    found = build(make_results(recordings=0))
    assert "no recording got as far as a transcript" in found.prose
    assert "3 of 3 recordings got no transcript." in found.prose


def test_many_conditions_and_long_names(make_results: Callable[..., Made]) -> None:
    names = [f"a-prompt-with-quite-a-long-name-{number:02}" for number in range(25)]
    made = make_results(prompts=names, recordings=3, chunks=2)
    found = build(made)
    assert len(found.cells) == 50
    assert len(found.text) < 3_000_000
    assert "All pairs (1,225)" in found.prose
    assert "The best and the worst of 50 conditions, and the baseline." in found.prose
    labels = [one["aria-label"] or "" for one in found.all("svg")][:4]
    ranked = sorted(made.rows(CONDITIONS), key=lambda row: row["wer"])
    for row in ranked:
        shown = f"{row['condition']}: WER " in labels[0]
        assert shown == (row in ranked[:8] or row in ranked[-3:] or row["is_baseline"])
        assert f"{row['condition']}: WER " in labels[2]
    console = Console(record=True, width=200)
    print_summary(made.folder, "prompt_study", console)
    told = console.export_text()
    assert "The best and the worst of 50 conditions; conditions.csv has all." in told
    assert len([line for line in told.splitlines() if line.startswith(("raw.", "denoised."))]) < 16


def test_random_groups_say_how_chunks_were_dealt(make_results: Callable[..., Made]) -> None:
    made = make_results(design="random_groups", prompts=["none", "names"])
    found = build(made)
    assert "drawn at random in balanced blocks (seed 7)" in found.prose
    chunks = [int(cells[-2]) for cells in found.cells.values()]
    assert sum(chunks) == 40 and max(chunks) - min(chunks) <= 1


def test_automatic_captions_are_called_what_they_are(make_results: Callable[..., Made]) -> None:
    found = build(make_results(tier="automatic_caption", recordings=2, prompts=["none", "names"]))
    assert "2 of 2 references are automatic captions" in found.prose


def test_synthetic_speech_is_called_what_it_is(make_results: Callable[..., Made]) -> None:
    found = build(make_results(tier="synthetic", recordings=2, prompts=["none", "names"]))
    assert "2 of 2 references are synthetic: the speech was made from the text" in found.prose


def test_languages_without_spaces_have_a_character_error_rate(
    make_results: Callable[..., Made],
) -> None:
    question = "Do names help?"
    found = build(make_results(language="ja", recordings=2, question=question))
    assert "characters stand for words, and the error rate is that of characters" in found.prose
    assert "CER" in found.prose
    assert "WER" not in found.prose


def test_missing_scores_are_a_clear_error(made: Made, tmp_path: Path) -> None:
    run = CliRunner().invoke(
        cli,
        [
            "report", "build", "--results", str(tmp_path),
            "--settings", as_json(made.params), "--output", str(tmp_path / "page.html"),
        ],
    )  # fmt: skip
    assert run.exit_code == 1
    assert "conditions.csv: no such file; run `snakemake evaluate` first" in str(run.exception)
    assert not (tmp_path / "page.html").exists()
