"""An experiment's results -> one zip file to publish: page, explorer, figures, tables, a list."""

import hashlib
import re
from html import unescape
from importlib.resources import files
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from snakescribe import __version__
from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.store import replacing

_FIGURE = re.compile(r'<figure data-name="([^"]+)".*?</figure>', re.DOTALL)
_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
SOUND_FOLDER = ("data", "sound")  # of an explorer
_CLIP = re.compile(r'(<(?:audio|source)\b[^>]*?) src="data:audio/[^"]*"')
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_FILE_ATTRIBUTES = (
    r'width="\1" height="\2" viewBox="0 0 \1 \2" font-family="Helvetica, Arial, sans-serif"'
)
_VARIABLE = re.compile(r"var\((--[a-z]+)\)")
_BEGINNING = (1980, 1, 1, 0, 0, 0)


def publish(results: Results, experiments: list[str], output: Path, sound: bool) -> list[str]:
    """A finished run -> a zip of its pages, explorers, figures as SVG, and tables of scores.

    Equal inputs give an equal file. What they quote goes with them: texts of references and
    transcripts, titles, and clips of sound; recordings and tables of transcripts do not.

    Args:
        results: of the run.
        experiments: their names.
        output: where the zip goes.
        sound: whether pages and explorers keep their clips.

    Returns the names of the files in it.

    Raises:
        UserError: an experiment has no page yet.
    """
    parts: dict[str, bytes | Path] = {}
    for name in experiments:
        page = results.folder / "report" / f"{name}.html"
        if not page.is_file():
            raise UserError(f"{page} is not there; run the workflow first")
        text = page.read_text(encoding="utf-8")
        parts[f"{name}/{name}.html"] = (text if sound else _CLIP.sub(r"\1", text)).encode()
        for figure, drawing in find_figures(text).items():
            parts[f"{name}/figures/{figure}.svg"] = drawing.encode()
        for table in sorted((results.folder / "scores" / name).glob("*.csv")):
            parts[f"{name}/scores/{table.name}"] = table
        for path in sorted((page.parent / name).rglob("*")):
            place = path.relative_to(page.parent)
            if path.is_file() and (sound or place.parts[1:3] != SOUND_FOLDER):
                parts[f"{name}/{place.as_posix()}"] = path
    parts["README.txt"] = _list_files(parts, sound).encode()
    with replacing(output) as path, ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            entry = ZipInfo(name, _BEGINNING)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, _read(parts[name]))
    return sorted(parts)


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


def _read(part: bytes | Path) -> bytes:
    """A file's content, read when it is needed: explorers may be large."""
    return part.read_bytes() if isinstance(part, Path) else part


def _list_files(parts: dict[str, bytes | Path], sound: bool) -> str:
    lines = [
        f"Made by snakescribe {__version__}.",
        "Open the HTML page in any browser: it needs no network. The folder beside it is the",
        "explorer of all chunks, which the page links.",
        "",
        "Pages and tables quote references and transcripts; "
        + (
            "pages hold clips of the recordings. Publish what you may."
            if sound
            else "pages hold no sound. Publish what you may."
        ),
        "How it was made, with a config to run it again, stands at the end of each page.",
        "",
        "sha256 of the files:",
        "",
    ]
    lines += [
        f"{hashlib.sha256(_read(part)).hexdigest()}  {name}" for name, part in sorted(parts.items())
    ]
    return "\n".join(lines) + "\n"
