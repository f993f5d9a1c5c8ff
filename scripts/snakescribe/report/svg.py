"""A matplotlib figure -> SVG that is part of the page: its fonts, its colours, its tool tips.

matplotlib draws with stand-in colours, which become CSS variables here, so that a figure follows
light and dark; and with stand-in texts where the words are a stranger's (a title may hold any
script, mathematics signs or markup), which are put in afterwards, as text.
"""

import io
import re
from unicodedata import east_asian_width
from xml.etree import ElementTree

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

INK, MUTED, LINE, SURFACE = "#000001", "#000002", "#000003", "#000004"
BETTER, WORSE, UNCLEAR, BASELINE = "#000005", "#000006", "#000007", "#000008"
NOTHING = "#000009"
TONES = {"better": BETTER, "worse": WORSE, "unclear": UNCLEAR, "baseline": BASELINE}
_VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    LINE: "var(--line)",
    SURFACE: "var(--surface)",
    BETTER: "var(--better)",
    WORSE: "var(--worse)",
    UNCLEAR: "var(--unclear)",
    BASELINE: "var(--ink)",
    NOTHING: "transparent",
}
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_KEPT = {
    "fill", "fill-opacity", "opacity", "stroke", "stroke-dasharray", "stroke-linecap",
    "stroke-linejoin", "stroke-opacity", "stroke-width", "font-size", "font-weight", "text-anchor",
}  # fmt: skip
# A hundredth of a pixel is enough.
_LONG_NUMBER = re.compile(r"(\d\.\d\d)\d+")
# What XML 1.0 cannot hold; HTML has no use for it either.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Words:
    """Texts and tool tips for a figure, to be put in when it has become SVG."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.titles: dict[str, str] = {}

    def text(self, text: str) -> str:
        """A text -> the stand-in to draw, which is about as wide."""
        wide = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
        key = f"@{len(self.texts)}@".ljust(wide, "o")
        self.texts[key] = _FORBIDDEN.sub("\ufffd", text)
        return key

    def title(self, text: str) -> str:
        """A tool tip -> the `gid` of the artist that shall have it."""
        key = f"tip-{len(self.titles)}"
        self.titles[key] = _FORBIDDEN.sub("\ufffd", text)
        return key


def figure_to_svg(figure: Figure, words: Words, name: str, label: str, css_class: str) -> Markup:
    """A figure -> an inline `<svg>` element.

    Args:
        figure: drawn with the colours above.
        words: the texts and tool tips that the figure's stand-ins stand for.
        name: prefix of the ids, unique in the page.
        label: what a screen reader says of the figure.
        css_class: classes of the element.
    """
    stream = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(stream, format="svg", metadata={"Date": None}, transparent=True)
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    root = ElementTree.fromstring(stream.getvalue())
    for junk in [*root.findall(f"{_SVG}metadata"), *root.findall(f"{_SVG}defs")]:
        root.remove(junk)
    ids = {element.get("id") for element in root.iter(f"{_SVG}path")} - {None}
    for element in root.iter():
        _clean(element, name, ids, words)
    width, height = (root.attrib.pop(key).removesuffix("pt") for key in ("width", "height"))
    root.attrib.pop("version", None)
    root.attrib |= {
        "viewBox": f"0 0 {width} {height}",
        "class": f"figure {css_class}".strip(),
        "role": "img",
        "aria-label": _FORBIDDEN.sub("\ufffd", label),
    }
    text = ElementTree.tostring(root, encoding="unicode")
    return Markup(re.sub(r">\s+<", "><", text))


def _clean(element: ElementTree.Element, name: str, ids: set[str | None], words: Words) -> None:
    """Attributes instead of `style`, variables instead of colours, own ids, texts and titles."""
    for part in (element.attrib.pop("style", "") or "").split(";"):
        key, _, value = part.partition(":")
        key, value = key.strip(), value.strip()
        if key in _KEPT:
            element.set(key, _VARIABLES.get(value, value))
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    if target := element.attrib.pop(_LINK, None):
        element.set("href", f"#{name}-{target.removeprefix('#')}")
    identity = element.attrib.pop("id", None)
    if identity in ids:
        element.set("id", f"{name}-{identity}")
    element.attrib.pop("clip-path", None)  # what it names is not taken over
    for key in ("d", "x", "y", "transform"):
        if written := element.get(key):
            element.set(key, _LONG_NUMBER.sub(r"\1", " ".join(written.split())))
    if element.text and element.text.strip() in words.texts:
        element.text = words.texts[element.text.strip()]
    if identity in words.titles:
        title = ElementTree.Element(f"{_SVG}title")
        title.text = words.titles[identity]
        element.insert(0, title)
