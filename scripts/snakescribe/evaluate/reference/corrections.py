"""References and a user's table of corrections -> the references as they should be.

A correction names a place by the words around it, so that it holds whatever the chunks are and
whether the reference has times. What does not fit is left as it is, and told.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from snakescribe.errors import UserError
from snakescribe.evaluate.reference.choose import SpokenReference, list_words, split_words
from snakescribe.formulas import as_meant
from snakescribe.notices import Kind, notify
from snakescribe.paths import is_file, no_such_file
from snakescribe.streams import split_stream_id
from snakescribe.user_tables.read import read_rows
from snakescribe.user_tables.row import UserRow

Value = TypeVar("Value")

COLUMNS = ("recording", "before", "reference", "after", "correction")


@dataclass(frozen=True)
class Correction:
    """One row: the words before a place, those that stand there, and those after it.

    `reference` may be empty: words are missing there; `correction` too: nothing was said there.
    """

    row: UserRow
    before: str
    reference: str
    after: str
    correction: str


def read_corrections(tables: Iterable[str]) -> Mapping[str, Sequence[Correction]]:
    """Paths of tables -> the corrections of each recording.

    Raises:
        UserError: a table cannot be read, lacks a column, or has a row without a place.
    """
    return _read(tuple(tables))


@cache
def _read(tables: tuple[str, ...]) -> dict[str, list[Correction]]:
    corrections: dict[str, list[Correction]] = {}
    for row in (row for table in tables for row in read_rows(Path(table))):
        if not row.has(*COLUMNS):
            raise row.fail(f"a table of corrections has the columns {', '.join(COLUMNS)}")
        recording, *cells = (as_meant(row.first(column)) for column in COLUMNS)
        correction = Correction(row, *cells)
        if not recording or not (correction.before or correction.reference or correction.after):
            raise row.fail("no recording, or no words that tell the place")
        if correction.reference != correction.correction:
            corrections.setdefault(recording, []).append(correction)
    return corrections


def find_correction_problems(tables: Iterable[str], key: str) -> Iterator[str]:
    """Paths of tables and their key in the config -> what is wrong with them."""
    for table in tables:
        if not is_file(table):
            yield no_such_file(table, key)
            continue
        try:
            _read((table,))
        except UserError as error:
            yield f"{key}: {error}"


def notify_of_strangers(tables: Iterable[str], recordings: Collection[str]) -> None:
    """Paths of tables and the ids of all recordings -> notice of rows that belong to none.

    A channel that is kept apart is told by its own id, such as `call.2`.
    """
    for name in read_corrections(tables):
        if split_stream_id(name)[0] not in recordings:
            text = "corrections of a recording that there is not; they are left out"
            notify(Kind.CORRECTION_UNFIT, text, recording=name)


def correct(
    reference: SpokenReference, corrections: Sequence[Correction], recording: str
) -> SpokenReference:
    """A recording's reference and its corrections -> the corrected one, with notices.

    Words that are put in share the time of those they stand for, by their letters; where they
    stand for none, that between the words beside them.
    """
    keys = [_key(word) for word in reference.words]
    places: dict[tuple[int, int], Correction] = {}
    for correction in corrections:
        fits = list(_find(keys, correction, reference.spaced))
        if len(fits) != 1:
            what = "nowhere" if not fits else f"in {len(fits)} places"
            text = f"a correction fits {what} and is left out: {_describe(correction)}"
            remedy = "mend the row: more words before and after it tell places apart"
            notify(Kind.CORRECTION_UNFIT, text, recording=recording, remedy=remedy)
            continue
        (place,) = fits
        if any(first < place[1] and place[0] < stop for first, stop in places) or place in places:
            text = f"two corrections of the same words; one is left out: {_describe(correction)}"
            notify(Kind.CORRECTION_UNFIT, text, recording=recording)
            continue
        places[place] = correction
    for place in sorted(places, reverse=True):
        reference = _put(reference, place, places[place].correction)
    if places:
        text = "words of its reference are corrected by scoring.corrections"
        notify(Kind.REFERENCE_CORRECTED, text, recording=recording, count=len(places))
    return reference


def _key(word: str) -> str:
    """A word -> what must be equal: its letters and digits, whatever their case."""
    return "".join(filter(str.isalnum, word.casefold())) or word


def _find(keys: Sequence[str], correction: Correction, spaced: bool) -> Iterator[tuple[int, int]]:
    """The words of a reference -> where a correction fits: from which word to before which."""
    before, words, after = (
        [_key(word) for word in list_words(text, spaced)]
        for text in (correction.before, correction.reference, correction.after)
    )
    wanted = [*before, *words, *after]
    for start in range(len(keys) - len(wanted) + 1):
        if keys[start : start + len(wanted)] == wanted:
            first = start + len(before)
            yield first, first + len(words)


def _put(reference: SpokenReference, place: tuple[int, int], text: str) -> SpokenReference:
    """A reference, a range of its words and a text -> the reference with the text there."""
    first, stop = place
    space = " " if reference.spaced else ""
    parts = split_words(text, reference.spaced)
    words = [word for word, _ in parts]
    last = reference.gaps[stop - 1 : stop] or (space,)
    gaps = [*(gap or space for _, gap in parts[:-1]), *last][: len(words)]
    speakers = reference.speakers[first:stop] or reference.speakers[max(first - 1, 0) : first + 1]

    return replace(
        reference,
        words=(*reference.words[:first], *words, *reference.words[stop:]),
        times=_replaced(reference.times, place, _spread(reference.times, place, words)),
        gaps=_replaced(reference.gaps, place, gaps),
        speakers=_replaced(reference.speakers, place, [*speakers[:1]] * len(words)),
    )


def _replaced(
    values: tuple[Value, ...], place: tuple[int, int], new: Iterable[Value]
) -> tuple[Value, ...]:
    """A value for each word, or none at all, and those of a range of words -> the values then."""
    return (*values[: place[0]], *new, *values[place[1] :]) if values else values


def _spread(
    times: Sequence[tuple[float, float]], place: tuple[int, int], words: Sequence[str]
) -> Iterator[tuple[float, float]]:
    """Times of words, a range of them and what stands there now -> the times of that."""
    first, stop = place
    if not times:
        return
    if first < stop:
        start, end = times[first][0], times[stop - 1][1]
    else:
        start = times[first - 1][1] if first else times[0][0]
        end = max(start, times[first][0]) if first < len(times) else start
    letters = sum(map(len, words))
    for word in words:
        begin, start = start, start + (end - start) * len(word) / letters
        letters -= len(word)
        yield begin, start


def _describe(correction: Correction) -> str:
    row = correction.row
    place = f"{row.path}, {row.unit} {row.line}"
    return (
        f"{place} ('{correction.reference}' between '{correction.before}' and '{correction.after}')"
    )
