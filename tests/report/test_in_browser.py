"""The page in a real browser: accessible, quiet, saved, printed; pictures of every kind."""

import json
import re
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest
from playwright.sync_api import Browser
from report_study import SOUNDS, Made

from chromium import opened
from snakescribe.report.compose import compose_page
from snakescribe.results import Results
from snakescribe.store import write_text

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[1] / "vendored" / "axe-core"
LONG = [f"a-prompt-with-quite-a-long-name-that-says-it-all-{number:02}" for number in range(10)]
# Each kind of study that may look different, as fields of `Plan`.
KINDS: dict[str, dict[str, Any]] = {
    "six-conditions": {},
    "forty-conditions": {
        "prompts": ["none", "names", *LONG[:8]], "models": ["tiny-en", "base-en"],
        "recordings": 5, "chunks": 1,
    },
    "twelve-levels": {
        "prompts": ["none", "names", *(f"p{number}" for number in range(10))], "audio": ["raw"],
        "recordings": 5, "chunks": 1,
    },
    "long-names": {"prompts": LONG[:3], "recordings": 3, "chunks": 1},
    "right-to-left": {"language": "he", "recordings": 5, "chunks": 1},
    "without-spaces": {"language": "ja", "recordings": 5, "chunks": 1},
    "one-recording": {"recordings": 1},
    "no-references": {"references": False, "recordings": 3, "chunks": 2},
    "nothing-said": {"said": "[silence]", "recordings": 6, "chunks": 1},
    "chunkings": {"chunkings": ["short", "long"], "audio": ["raw"], "recordings": 6},
    "random-groups": {"design": "random_groups", "audio": ["raw"], "recordings": 8},
}  # fmt: skip

OPEN_FIGURES = """() => {
    for (const one of document.querySelectorAll("img")) one.remove();
    for (const one of document.querySelectorAll("details:has(figure)")) one.open = true;
}"""


@pytest.fixture(scope="module")
def print_page(make_results: Callable[..., Made]) -> Callable[[str], Path]:
    """The name of a kind of study -> its page."""
    printed: dict[str, Path] = {}

    def print_kind(kind: str) -> Path:
        if kind not in printed:
            made = make_results(**KINDS[kind])
            write_text(made.page, compose_page(Results(made.folder), made.params, SOUNDS))
            printed[kind] = made.page
        return printed[kind]

    return print_kind


def test_axe_is_as_it_was_published() -> None:
    digest = sha256((AXE / "axe.min.js").read_bytes()).hexdigest()
    assert digest in (AXE / "README.md").read_text()


@pytest.mark.parametrize(
    ("kind", "scheme", "width"),
    [
        ("six-conditions", "light", 1200),
        ("six-conditions", "dark", 390),
        ("forty-conditions", "dark", 1200),
        ("no-references", "light", 390),
        ("no-references", "dark", 1200),
        ("random-groups", "light", 1200),
        ("nothing-said", "dark", 1200),
    ],
)
def test_axe_finds_nothing(
    chromium: Browser, print_page: Callable[[str], Path], kind: str, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    shown = {"color_scheme": scheme, "viewport": size, "bypass_csp": True}
    with opened(chromium, print_page(kind), **shown) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        page.add_script_tag(path=AXE / "axe.min.js")
        faults = page.evaluate(
            """async () => (await axe.run()).violations.map(
                ({id, impact, help, nodes}) => ({id, impact, help, first: nodes[0].html})
            )"""
        )
    assert faults == [], json.dumps(faults, indent=1)


def test_the_focus_is_seen_and_reaches_every_control(
    chromium: Browser, print_page: Callable[[str], Path]
) -> None:
    with opened(chromium, print_page("six-conditions")) as page:
        seen = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            name, outline = page.evaluate(
                """() => [document.activeElement.tagName,
                          getComputedStyle(document.activeElement).outlineStyle]"""
            )
            seen.add(name)
            assert outline not in ("none", ""), name
        assert seen >= {"A", "BUTTON", "SUMMARY"}


def test_nothing_moves_where_the_reader_asks_for_rest(
    chromium: Browser, print_page: Callable[[str], Path]
) -> None:
    moves = "getComputedStyle(document.documentElement).scrollBehavior"
    with opened(chromium, print_page("six-conditions")) as page:
        assert page.evaluate(moves) == "auto"
    with opened(chromium, print_page("six-conditions"), reduced_motion="no-preference") as page:
        assert page.evaluate(moves) == "smooth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_figure_is_saved_as_svg_and_png(
    chromium: Browser, print_page: Callable[[str], Path], tmp_path: Path, scheme: str
) -> None:
    path = print_page("six-conditions")
    with opened(chromium, path) as page:
        figures = page.locator("figure[data-name]").evaluate_all(
            "all => all.map(one => one.dataset.name)"
        )
    assert {"conditions", "recordings", "pairs", "cost"} <= set(figures)
    for name in figures:
        # Chromium holds back each eleventh file that a page saves within seconds.
        with opened(chromium, path, color_scheme=scheme) as page:
            page.evaluate(OPEN_FIGURES)
            for kind in ("SVG", "PNG"):
                with page.expect_download() as waiting:
                    page.get_by_role("button", name=f"Save as {kind}: {name}", exact=True).click()
                assert waiting.value.suggested_filename == f"{name}.{kind.lower()}"
                waiting.value.save_as(tmp_path / f"{name}.{kind.lower()}")
    for name in figures:
        drawing = (tmp_path / f"{name}.svg").read_text()
        assert drawing.startswith("<svg") and "var(" not in drawing
        with av.open(BytesIO((tmp_path / f"{name}.png").read_bytes())) as image:
            frame = next(image.decode(video=0)).to_ndarray(format="rgb24")
        width, height = map(float, re.findall(r'viewBox="0 0 (\S+) (\S+)"', drawing)[0])
        assert frame.shape[:2] == (int(2 * height), int(2 * width))
        ground = frame[2, 2].mean()
        assert ground > 240 if scheme == "light" else ground < 40
        assert abs(frame.astype(int) - frame[2, 2].astype(int)).max() > 100  # and something on it


def test_the_first_screen_is_printed_on_two_sheets(
    chromium: Browser, print_page: Callable[[str], Path], pictures: Path
) -> None:
    with opened(chromium, print_page("six-conditions")) as page:
        page.evaluate("document.querySelectorAll('main, nav, footer').forEach(one => one.remove())")
        printed = page.pdf(format="A4")
    (pictures / "first-screen.pdf").write_bytes(printed)
    sheets = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 1 <= sheets <= 2


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_every_kind_of_study(
    chromium: Browser, print_page: Callable[[str], Path], pictures: Path, kind: str
) -> None:
    for name, context in {
        "light": {},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 844}},
    }.items():
        with opened(chromium, print_page(kind), **context) as page:
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{name}: {wide} pixels too wide"
            page.screenshot(path=pictures / f"{kind}-{name}.png")
            if name == "light":
                page.evaluate(OPEN_FIGURES)
                # Chromium 156 never answers where Playwright must make the window larger by itself.
                page.set_viewport_size({"width": 1200, "height": 2000})
                for figure in page.locator("figure[data-name]").all():
                    drawn = (figure.get_attribute("data-name") or "").replace(", ", "-")
                    figure.screenshot(path=pictures / f"{kind}-{drawn.replace(' ', '-')}.png")
