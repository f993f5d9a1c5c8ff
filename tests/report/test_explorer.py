"""The explorer's list and a chunk in a real browser, opened from disk without a network."""

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from explorer_study import Explored, chosen, explore, exploring, listed, settle
from playwright.sync_api import Browser, expect
from publishing import publish, write_config
from rapidfuzz.distance import Levenshtein
from report_study import Made

from chromium import opened
from snakescribe.report.explorer import sounds
from snakescribe.report.explorer.scripted import change_data
from snakescribe.tables import Row

pytestmark = pytest.mark.slow

A, B = "raw.none", "denoised.names"
PAIR = f"#a={A}&b={B}"


@pytest.fixture(scope="module")
def explored(
    make_results: Callable[..., Made], tmp_path_factory: pytest.TempPathFactory
) -> Explored:
    terms = tmp_path_factory.mktemp("terms") / "terms.tsv"
    terms.write_text("term\nSzabo\nOkafor\nnobody out\n")
    return explore(make_results, scoring={"terms": {"tables": [str(terms)]}})


def test_the_first_page_leads_to_the_explorer_and_back(
    chromium: Browser, explored: Explored
) -> None:
    with opened(chromium, explored.made.page) as page:
        page.get_by_role("link", name="Explore every chunk").click()
        page.wait_for_selector("body[data-ready=yes]")
        assert page.url.startswith(explored.index.as_uri())
        expect(page.locator("h1")).to_have_text(explored.made.params.experiment.question)
        page.get_by_role("link", name="The report").click()
        assert page.url == explored.made.page.as_uri()
        link = page.get_by_role("link", name="explore", exact=True).first
        wanted = (link.get_attribute("href") or "").partition("#chunk=")[2]
        link.click()
        page.wait_for_selector("body[data-ready=yes]")
        assert chosen(page) == wanted in explored.chunks


def _sure(row: Row) -> int:
    """Per cent of confidence, the mean over the words."""
    return round(100 * sum(row["confidences"]) / len(row["confidences"]))


def _key(explored: Explored, order: str, chunk: str) -> tuple[float, ...]:
    """What a chunk is sorted by, computed from the scores."""
    first, second = explored.errors(A, chunk), explored.errors(B, chunk)
    row_a, row_b = explored.row(A, chunk), explored.row(B, chunk)
    keys = {
        "differ": -abs(second - first),
        "a-wins": first - second,
        "b-wins": second - first,
        "errors-a": -first,
        "errors-b": -second,
        "apart": -Levenshtein.distance(
            *(row["hypothesis_normalized"].split() for row in (row_a, row_b))
        ),
        "sure-a": _sure(row_a),
        "sure-b": _sure(row_b),
        "flags": -len(row_a["flags"]) - len(row_b["flags"]),
        "snr": row_a["snr_db"],
        "time": 0,
    }
    return (keys[order], *divmod(explored.chunks.index(chunk), 10**6))


def test_the_list_is_sorted_as_asked(chromium: Browser, explored: Explored) -> None:
    with exploring(chromium, explored, PAIR) as page:
        orders = page.locator("#sort option").evaluate_all("all => all.map(({value}) => value)")
        assert len(orders) == 11
        for order in orders:
            page.select_option("#sort", order)
            settle(page)
            wanted = sorted(explored.chunks, key=lambda chunk: _key(explored, order, chunk))
            assert listed(page) == wanted, order
        chunk = page.locator(".row").last.get_attribute("data-chunk") or ""
        figures = page.locator(f'.row[data-chunk="{chunk}"] .figure b').all_text_contents()
        assert [int(figure) for figure in figures[:2]] == [
            explored.errors(A, chunk), explored.errors(B, chunk)
        ]  # fmt: skip


FILTERS: list[tuple[str, str, Callable[..., bool]]] = [
    ("recording", "rec-03", lambda a, _: a["recording"] == "rec-03"),
    ("speaker", "Grace", lambda a, _: int(a["recording"][-2:]) % 3 == 1),
    ("language", "de", lambda a, _: int(a["recording"][-2:]) % 2 == 0),
    ("in:position", "below 0.25", lambda a, _: a["stratum:position"] == "below 0.25"),
    ("flag", "loop", lambda a, b: "loop" in a["flags"] or "loop" in b["flags"]),
    ("snr-from", "20", lambda a, _: a["snr_db"] >= 20),
    ("snr-to", "20", lambda a, _: a["snr_db"] <= 20),
    (
        "term",
        "szabo",
        lambda a, _: any(t["term"] == "szabo" and t["said"] for t in a["terms"] or ()),
    ),
]


def test_filters_filter(chromium: Browser, explored: Explored) -> None:
    with exploring(chromium, explored, PAIR) as page:
        page.locator("#filters summary").click()
        for name, value, admits in FILTERS:
            wanted = {
                chunk
                for chunk in explored.chunks
                if admits(explored.row(A, chunk), explored.row(B, chunk))
            }
            assert 0 < len(wanted) < len(explored.chunks)
            control = page.locator(f'[data-name="{name}"]')
            if control.evaluate("node => node.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)
                control.press("Tab")
            settle(page)
            assert set(listed(page)) == wanted, name
            address = page.url.partition("#")[2]
            page.get_by_role("button", name="Clear").click()
            expect(page.locator("#count")).to_have_text(f"{len(explored.chunks)} chunks")
            page.evaluate("address => { location.hash = address; }", address)
            expect(page.locator("#active")).to_have_text("(1)")
            settle(page)
            assert set(listed(page)) == wanted, name
            page.get_by_role("button", name="Clear").click()


@pytest.mark.parametrize(
    "text", ["splitter", "TAKAHURA", "okay for", "<img src=x>", "nobody said this"]
)
def test_search_looks_into_reference_and_both_hypotheses(
    chromium: Browser, explored: Explored, text: str
) -> None:
    def has(chunk: str) -> bool:
        row = explored.row(A, chunk)
        texts = row["reference"], row["hypothesis"], explored.row(B, chunk)["hypothesis"]
        return any(text.lower() in part.lower() for part in texts)

    with exploring(chromium, explored, PAIR) as page:
        page.fill("#q", text)
        wanted = [chunk for chunk in explored.chunks if has(chunk)]
        expect(page.locator("#count")).to_have_text(
            f"{len(wanted)} of {len(explored.chunks)} chunks"
        )
        assert sorted(listed(page)) == wanted


def test_a_chunk_is_shown_with_all_that_is_known_of_it(
    chromium: Browser, explored: Explored
) -> None:
    chunk = max(explored.chunks, key=lambda chunk: explored.errors(A, chunk))
    with exploring(chromium, explored, f"{PAIR}&chunk={chunk}") as page:
        row_a, row_b = explored.row(A, chunk), explored.row(B, chunk)
        written = page.locator("#chunk .running").all_text_contents()
        assert written[:3] == [row_a["reference"], row_a["hypothesis"], row_b["hypothesis"]]
        words = page.locator(".gloss .said").all_text_contents()
        said = [word for word in words if word.strip()]
        assert said == row_a["reference_normalized"].split()
        for side, row in (("a", row_a), ("b", row_b)):
            shown = page.locator(f".gloss .heard.{side}:not(.none)")
            heard = [word for word in shown.all_text_contents() if word != "∅"]
            assert heard == row["hypothesis_normalized"].split()
            for kind in ("substitution", "deletion", "insertion"):
                marked = page.locator(f".gloss .heard.{side}.{kind}")
                assert marked.count() == row[f"{kind}s"], kind
            doubtful = page.locator(
                f".gloss .heard.{side}:is(.doubt-1, .doubt-2, .doubt-3, .doubt-4)"
            )
            assert doubtful.count() == sum(value < 0.9 for value in row["confidences"])
        facts = page.text_content("#chunk .facts") or ""
        assert (
            f"SNR {row_a['snr_db']:g} dB" in facts and f"{row_a['words']} reference words" in facts
        )
        prompt = page.locator("blockquote")
        expect(prompt).to_have_text(
            "Salterton Mudlarks against Dunross Badgers, with <b>Szabo</b>."
        )
        assert page.locator(".kept").all_text_contents() == ["✓ Szabo"]
        assert page.locator(".dropped").all_text_contents() == ["✗ Ruszkowski", "✗ </p><i>"]
        expect(page.locator(".neighbour")).to_have_count(2)
        page.locator("#chunk summary").click()
        number = len(explored.made.params.experiment.conditions)
        expect(page.locator("#chunk details .running")).to_have_count(number)


def test_sound_plays_and_the_mark_walks_through_the_words(
    chromium: Browser, explored: Explored
) -> None:
    with exploring(chromium, explored, PAIR) as page:
        settle(page)
        for canvas in (".wave", ".spectrogram"):
            colours = page.locator(canvas).evaluate(
                """canvas => {
                    const {width, height} = canvas, context = canvas.getContext("2d");
                    const {data} = context.getImageData(0, 0, width, height);
                    return new Set(new Uint32Array(data.buffer)).size;
                }"""
            )
            assert colours > 1, canvas
        needle = "parseFloat(document.querySelector('.needle').style.left) || 0"
        assert page.evaluate(needle) == 0
        page.locator("#chunk h2").click()
        page.keyboard.press(" ")
        expect(page.locator("#play")).to_have_text("❚❚ pause")
        expect(page.locator(".gloss .now").first).to_be_visible()
        words = set()
        for _ in range(30):
            words |= set(page.locator(".gloss .heard.a.now").all_text_contents())
            page.wait_for_timeout(50)
        assert page.evaluate(needle) > 30
        assert len(words) > 1
        expect(page.locator("#play")).to_have_text("▶ play")  # the tone of two seconds is over
        page.keyboard.press(" ")
        expect(page.locator("#play")).to_have_text("❚❚ pause")
        page.keyboard.press(" ")
        expect(page.locator("#play")).to_have_text("▶ play")
        page.locator(".gloss .heard.a:not(.deletion)").nth(2).click()
        expect(page.locator("#play")).to_have_text("❚❚ pause")
        assert page.evaluate("Sound.player.currentTime") > 0.5
        page.select_option("[aria-label=Audio]", label="denoised")
        expect(page.locator("#play")).to_have_text("▶ play")
        page.locator("#play").click()
        expect(page.locator("#play")).to_have_text("❚❚ pause")


def test_sound_that_is_not_in_the_folder_plays_from_where_it_lies(
    chromium: Browser, make_results: Callable[..., Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounds, "COPIED_SECONDS", 0)
    far = explore(make_results, recordings=2, chunks=1)
    assert not (far.index.parent / "data" / "sound").exists()
    with exploring(chromium, far) as page:
        expect(page.locator("#soundless")).to_contain_text("may not look into it")
        page.locator("#play").click()
        expect(page.locator("#play")).to_have_text("❚❚ pause")
        expect(page.locator(".gloss .now").first).to_be_visible()


def test_addresses_restore_what_was_shown(chromium: Browser, explored: Explored) -> None:
    chunk = explored.chunks[7]
    shown = {
        "chunk": chunk, "a": "denoised.unrelated", "b": A, "sort": "errors-b", "q": "the",
        "f.speaker": "Grace",
    }  # fmt: skip
    with exploring(chromium, explored, "#" + urlencode(shown)) as page:
        assert chosen(page) == chunk
        names = "select => select.selectedOptions[0].textContent"
        assert page.locator("#a").evaluate(names) == "denoised.unrelated"
        assert page.locator("#b").evaluate(names) == A
        assert page.locator("#q").input_value() == "the"
        assert page.locator("#sort").input_value() == "errors-b"
        assert page.locator("[data-name=speaker]").input_value() == "Grace"
        page.evaluate(f"location.hash = '#chunk={explored.chunks[0]}&a={B}&b={A}'")
        expect(page.locator("#chunk .facts code")).to_have_text(explored.chunks[0])
        assert page.locator("#a").evaluate(names) == B
        assert page.locator("#q").input_value() == ""
        page.locator("#swap").click()
        expect(page.locator("#chunk .line.a .eyebrow").first).to_contain_text(A)
        assert f"a={A}" in page.url and f"b={B}" in page.url
        page.evaluate(
            "location.hash = '#chunk=no-such-chunk&a=nobody&sort=__proto__&view=constructor'"
        )
        page.wait_for_timeout(200)
        expect(page.locator("#side")).to_be_visible()


def test_all_is_reached_by_keys(chromium: Browser, explored: Explored) -> None:
    with exploring(chromium, explored, PAIR) as page:
        order = listed(page)
        page.locator("h1").click()
        assert chosen(page) == order[0]
        for key, place in (("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0)):
            page.keyboard.press(key)
            expect(page.locator("#chunk .facts code")).to_have_text(order[place])
        page.evaluate("location.hash = '#chunk=rec-04-0001'")
        expect(page.locator("#chunk .facts code")).to_have_text("rec-04-0001")
        page.keyboard.press("n")
        expect(page.locator("#chunk .facts code")).to_have_text("rec-04-0002")
        page.keyboard.press("p")
        expect(page.locator("#chunk .facts code")).to_have_text("rec-04-0001")
        names = "select => select.selectedOptions[0].textContent"
        before = page.locator("#a").evaluate(names), page.locator("#b").evaluate(names)
        page.keyboard.press("x")
        expect(page.locator("#chunk .line.a .eyebrow").first).to_contain_text(before[1])
        page.keyboard.press("[")
        page.keyboard.press("]")
        settle(page)
        after = page.locator("#a").evaluate(names), page.locator("#b").evaluate(names)
        assert after[0] != before[1] and after[1] != before[0]
        page.keyboard.press("m")
        expect(page.locator("#star")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("e")
        expect(page.locator("#note")).to_be_focused()
        page.keyboard.type("jm")
        page.keyboard.press("Escape")
        page.keyboard.press("c")
        expect(page.locator("#corrected")).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.press("Escape")
        for key, view in (("2", "recordings"), ("3", "words"), ("4", "terms"), ("5", "marks")):
            page.keyboard.press(key)
            expect(page.locator("body")).to_have_attribute("data-view", view)
        expect(page.locator("#other")).to_contain_text("jm")
        page.keyboard.press("1")
        expect(page.locator("#chunk")).to_be_visible()
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()


def test_the_list_holds_only_what_is_in_sight(chromium: Browser, explored: Explored) -> None:
    with exploring(chromium, explored, PAIR) as page:
        assert page.locator(".row").count() < len(explored.chunks) / 2
        page.evaluate("document.getElementById('list').scrollTop = 1e9")
        last = page.locator(f'.row[aria-posinset="{len(explored.chunks)}"]')
        expect(last).to_be_visible()
        expect(last.locator(".quote")).not_to_be_empty()
        assert page.locator(".row").count() < len(explored.chunks) / 2
        last.click()
        expect(page.locator("#chunk .facts code")).to_have_text(
            last.get_attribute("data-chunk") or ""
        )


@pytest.mark.parametrize("options", [(), ("--no-sound",)])
def test_a_published_explorer_opens_where_the_archive_is_unpacked(
    chromium: Browser, explored: Explored, tmp_path: Path, options: tuple[str, ...]
) -> None:
    config = write_config(explored.made, tmp_path / "study.yaml")
    publish(config, tmp_path / "a.zip", *options)
    shutil.unpack_archive(tmp_path / "a.zip", tmp_path / "unpacked")
    with opened(chromium, tmp_path / "unpacked/results/report/prompt_study.html") as page:
        page.get_by_role("link", name="Explore every chunk").click()
        page.wait_for_selector("body[data-ready=yes]")
        expect(page.locator(".gloss .word").first).to_be_visible()
        if options:
            expect(page.locator("#soundless")).to_contain_text("was not published")
            expect(page.locator("#play")).to_be_disabled()
            assert not (tmp_path / "unpacked/results/report/prompt_study/data/sound").exists()
        else:
            page.locator("#play").click()
            expect(page.locator(".gloss .now").first).to_be_visible()


def test_what_is_secret_stays_so_in_a_published_explorer(
    explored: Explored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_DATABASE_URL", "postgresql://ann:Quillfeather9@host/db")
    study = explored.index.parent / "data" / "study.js"
    before = study.read_bytes()
    told = change_data(before, lambda text: text.replace("Badgers", "Quillfeather9"))
    study.write_bytes(told)
    config = write_config(explored.made, tmp_path / "study.yaml")
    parts = publish(config, tmp_path / "a.zip")
    study.write_bytes(before)
    name = "results/report/prompt_study/data/study.js"
    texts: list[str] = []

    def see(text: str) -> str:
        texts.append(text)
        return text

    change_data(parts[name], see)
    assert "Quillfeather9" not in texts[0] and "*** at Mudlarks" in texts[0]
