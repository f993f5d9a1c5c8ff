"""A page -> what is taken out of it to be published: its figures as files, its clips of sound."""

import re
from html import unescape
from importlib.resources import files

_FIGURE = re.compile(r'<figure data-name="([^"]+)".*?</figure>', re.DOTALL)
_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
_CLIP = re.compile(r'(<(?:audio|source)\b[^>]*?) src="data:audio/[^"]*"')
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_FILE_ATTRIBUTES = (
    r'width="\1" height="\2" viewBox="0 0 \1 \2" font-family="Helvetica, Arial, sans-serif"'
)
_VARIABLE = re.compile(r"var\((--[a-z]+)\)")


def without_sound(page: str) -> str:
    """A page -> the same without its clips of the recordings."""
    return _CLIP.sub(r"\1", page)


def find_figures(page: str) -> dict[str, str]:
    """A page -> its figures by name, as SVG files in the colours of paper."""
    css = files("snakescribe.report").joinpath("page.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"(--[a-z]+): (#[0-9a-f]{3,6})", css.partition("@media")[0]))
    drawings = {}
    for figure in _FIGURE.finditer(page):
        if drawing := _SVG.search(figure[0]):
            name = re.sub(r"[^a-z0-9]+", "-", unescape(figure[1]).lower()).strip("-")
            plain = _VARIABLE.sub(lambda match: colours.get(match[1], "#000"), drawing[0])
            plain = re.sub(r' (?:class|role|aria-label)="[^"]*"', "", plain)
            drawings[name] = _SIZE.sub(_FILE_ATTRIBUTES, plain, count=1) + "\n"
    return drawings
