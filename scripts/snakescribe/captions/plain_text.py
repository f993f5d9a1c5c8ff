"""``.txt`` references without times: what was said in them, and not what programs write."""

import json
import re
from collections.abc import Collection, Sequence

from snakescribe.captions.json_captions import read_json
from snakescribe.captions.reference import Parsed, Utterance

# Markdown: `**Jane:** hello` is `Jane: hello`, and a heading is no speech.
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_HEADING = re.compile(r"#{1,6}\s.*")
_NUMBER = re.compile(r"\s*(\d+)[.):]?\s+(?=\S)")
_FEWEST_NUMBERED = 3
_SAMPLES = re.compile(r"0 \d{4,} (?=[^\W\d])")  # TIMIT: the first and the last sample
_SPEAKER = re.compile(r"\s*((?:speaker|spk)[ _]*#?\d+)\s*", re.IGNORECASE)


def without_bold(text: str) -> str:
    """A text -> the same without the stars around what Markdown sets in bold letters."""
    return _BOLD.sub(r"\1", text)


def without_id(text: str, ids: Collection[str]) -> tuple[str, bool]:
    """A text, as Kaldi has them: `talk-01 hello there` -> the text without its id; was there one?

    What could be a word, an id of letters or digits alone, is one.
    """
    words = text.split(maxsplit=1)
    if not words or words[0] not in ids or words[0].isalpha() or words[0].isnumeric():
        return text, False
    return "".join(words[1:]), True


def refuse_others(text: str) -> None:
    """Raises:
    ValueError: a text is a document that only a program can read.
    """
    if text.lstrip().startswith("{\\rtf"):
        raise ValueError("line 1: this is RTF; save it as plain text")


def read_json_text(text: str) -> Parsed | None:
    """A text that may be JSON -> what `read_json` makes of it; None where it is none."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read_json(text)


def read_plain(lines: Sequence[str]) -> Parsed:
    """The lines of a text that say something -> one utterance without times.

    Left out are headings, the numbers of numbered lines, and TIMIT's samples; `Speaker 1` alone in
    a line names who says what follows.

    Raises:
        ValueError: the lines are cells of a table.
    """
    if len(lines) > 1 and all("\t" in line.strip() for line in lines):
        raise ValueError(
            "its lines are cells with tabs between them, of which Audacity's labels (start, end, "
            "text) alone are known; name a table in `references`, or save the texts alone"
        )
    left_out = [f"the heading '{line[:60]}'" for line in lines if _HEADING.fullmatch(line)]
    said = [line for line in lines if not _HEADING.fullmatch(line)]
    numbers = [int(match[1]) for line in said if (match := _NUMBER.match(line))]
    if len(said) >= _FEWEST_NUMBERED and numbers == list(range(1, len(said) + 1)):
        said = [_NUMBER.sub("", line, count=1) for line in said]
        left_out.append("the numbers of the lines")
    if len(said) == 1 and _SAMPLES.match(said[0]):
        said = [_SAMPLES.sub("", said[0])]
        left_out.append("numbers of samples")
    said = [_SPEAKER.sub(r"\1:", line) if _SPEAKER.fullmatch(line) else line for line in said]
    plain = "\n".join(" ".join(line.split()) for line in said)
    return Parsed([Utterance(None, None, plain)] if plain else [], [], tuple(left_out))
