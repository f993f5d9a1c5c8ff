"""A podcast feed as it came -> its elements, however careless it was written.

Of the usual faults each is mended here that lxml's recovering parser would pay for with words:
encodings that are not those declared, entities of HTML, bare ampersands, control characters,
attributes without quotation marks. Names are read in lower case, whatever case a feed writes.
"""

import codecs
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any

from lxml import etree

Element = Any  # of lxml, which has no types

_SPACES = {
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/rss/1.0/modules/content": "content",
    "https://podcastindex.org/namespace/1.0": "podcast",
    # The address that the podcast namespace had before.
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
}
_PREFIXES = frozenset(_SPACES.values())
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DECLARATION = re.compile(r"\A[^<]*(<\?xml[^>]*\?>)?\s*")
_DOCTYPE = re.compile(
    r"\A((?:\s*<!--.*?-->)*\s*)<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_VERBATIM = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?-->)", re.DOTALL)
_AMPERSAND = re.compile(r"&(?:(#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);)?")
# A tag as HTML has it; possessive, so that no unclosed quotation mark costs time.
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w.:-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+)))?")
_KEPT = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def parse_feed(raw: bytes) -> Element:
    """The bytes of a feed -> its root: of RSS (any version) or Atom.

    Raises:
        ValueError: it is something else, in words.
    """
    text = _VERBATIM.split(_CONTROL.sub("", _without_head(decode_feed(raw))))
    text[::2] = [_TAG.sub(_tag, _AMPERSAND.sub(_entity, part)) for part in text[::2]]
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring("".join(text).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not a feed: {error}") from error
    if root is None:
        raise ValueError("not a feed: it holds no XML")
    if name_of(root) not in ("rss", "rdf", "feed"):
        raise ValueError(f"not a feed: it is <{name_of(root)[:30]}>, not RSS or Atom")
    return root


def decode_feed(raw: bytes) -> str:
    """The bytes of a feed -> its text, by its mark, as declared, else as UTF-8.

    Bytes that are wrong there are taken as Windows-1252: feeds of years are put together of pieces.
    """
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(_exact(name, mark), "replace")
    declared = _DECLARED.search(raw[:1000])
    name = declared[1].decode().lower() if declared else "utf-8"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = "utf-8"
    if codec in ("iso8859-1", "ascii"):  # as browsers read it
        codec = "cp1252"
    if codec.startswith(("utf-16", "utf-32")):  # the declaration was read as single bytes
        codec = "utf-8"
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return raw.decode("utf-8", _AS_WINDOWS)


def name_of(element: Element) -> str:
    """An element -> its name, with a prefix (`itunes:`, `media:` ...) where it is no core one.

    Namespaces that a feed does not declare, or misspells, go by the prefix that it writes.
    """
    if not isinstance(element.tag, str):  # a comment
        return ""
    space, _, local = element.tag.rpartition("}")
    if not space:
        return local
    known = _SPACES.get(space[1:].lower().rstrip("/"))
    if known:
        return f"{known}:{local}"
    return f"{element.prefix}:{local}" if element.prefix in _PREFIXES else local


def children(element: Element, *names: str) -> Iterator[Element]:
    """An element and names -> its children of the first name, then those of the second, ..."""
    for name in names:
        for child in element:
            if name_of(child) == name:
                yield child


def text_of(element: Element, *names: str) -> str:
    """The text of the first child of these names that has any, else ``""``."""
    for child in children(element, *names):
        if text := "".join(child.itertext()).strip():
            return text
    return ""


def base_of(element: Element, address: str) -> Iterator[str]:
    """Addresses to which those in an element are relative, one to the next: the feed's first."""
    yield address
    for parent in (*reversed(list(element.iterancestors())), element):
        if base := parent.get(_BASE):
            yield base


def language_of(element: Element) -> str:
    """What `xml:lang` says of an element, else ``""``."""
    return str(element.get(_LANGUAGE) or "")


def _without_head(text: str) -> str:
    """A text without what stands before the first element and would stop a parser."""
    text = _DECLARATION.sub("", text, count=1)
    return _DOCTYPE.sub(r"\1", text, count=1)


def _tag(match: re.Match[str]) -> str:
    """A tag as HTML allows it -> as XML has it: names in lower case, attributes in marks."""
    close, name, rest = match.groups()
    alone = "/" if rest.endswith("/") else ""
    attributes: dict[str, str] = {}
    for key, double, single, bare in _ATTRIBUTE.findall(rest.removesuffix("/")):
        value = (double or single or bare).replace('"', "&quot;")
        attributes.setdefault(key.lower(), value)
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"</{name.lower()}>" if close else f"<{name.lower()}{written}{alone}>"


def _entity(match: re.Match[str]) -> str:
    """An ampersand, with a name and a semicolon perhaps -> what XML has for it."""
    name = match[1]
    if not name:
        return "&amp;"
    if name.startswith("#"):
        digits = name[1:]
        number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        bad = number > 0x10FFFF or number == 0 or _CONTROL.match(chr(number))
        return "" if bad else match[0]
    if name in _KEPT:
        return match[0]
    character = html5.get(f"{name};")
    return character if character and not _CONTROL.match(character) else f"&amp;{name};"


def _exact(name: str, mark: bytes) -> str:
    """A codec that looks for a mark of its own -> the same with its byte order fixed."""
    if name == "utf-8":
        return name
    return f"{name}-le" if mark.startswith(b"\xff") else f"{name}-be"


def _take_as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    part = error.object[error.start : error.end]
    return part.decode("cp1252", "replace"), error.end


_AS_WINDOWS = "snakescribe-as-windows"
codecs.register_error(_AS_WINDOWS, _take_as_windows)
