"""Which columns of a user's table say what: of a plain table, and of manifests as people have them.

A manifest is known by columns that no plain table has; `config check` says what it was taken for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from snakescribe.user_tables import column_key


@dataclass(frozen=True)
class Layout:
    """The columns of a kind of table.

    Attributes:
        name: what it is called in messages.
        needs: by which columns it is known.
        locator: columns that may hold the path or URL of the audio, the best first.
        fields: for each column of an item those that may hold it, the best first.
        parts: the columns of where a recording begins and how long it is (s), if it is a part.
        folder: where audio may lie, below the folder of the table.
    """

    name: str
    needs: frozenset[str]
    locator: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    parts: tuple[str, str] | None = None
    folder: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is a table of ours, and no manifest."""
        return not self.needs


_SAME = {name: (name,) for name in ("title", "language", "speaker", "reference", "reference_file")}
PLAIN = Layout(
    name="a table",
    needs=frozenset(),
    locator=("audio", "path", "file", "url"),
    fields={"id": ("id",), **_SAME},
)
# What the columns of transcripts are called where none is `reference`, the surest name first; and
# what is one in a corpus and may be anything in a table of ours.
_TRANSCRIPTS = ("transcription", "transcript", "ground_truth")
UNSURE_TRANSCRIPTS = ("text", "sentence")
MANIFESTS = (
    Layout(
        name="a NeMo manifest",
        needs=frozenset({"audio_filepath"}),
        locator=("audio_filepath",),
        fields={
            "id": ("id", "utt_id"),
            **_SAME,
            "language": ("language", "lang"),
            "speaker": ("speaker", "speaker_id"),
            "reference": ("reference", "text"),
        },
        parts=("offset", "duration"),
    ),
    Layout(
        name="a Common Voice table",
        needs=frozenset({"client_id", "path", "sentence"}),
        locator=("path",),
        fields={
            "id": ("id",),
            **_SAME,
            "language": ("language", "locale"),
            "speaker": ("speaker", "client_id"),
            "reference": ("reference", "sentence"),
        },
        folder="clips",
    ),
    Layout(
        name="a table of Hugging Face's AudioFolder",
        needs=frozenset({"file_name"}),
        locator=("file_name",),
        fields={
            "id": ("id",),
            **_SAME,
            "speaker": ("speaker", "speaker_id"),
            "reference": ("reference", *_TRANSCRIPTS, *UNSURE_TRANSCRIPTS),
        },
    ),
)


def layout_of(columns: Iterable[str]) -> Layout:
    """The columns of a table -> its layout; one with a column for audio of ours is a plain one.

    A plain one without references under our names has them under a name that corpora use.
    """
    known = {column_key(column) for column in columns}
    if not known & {"audio", "url", "file"}:
        for layout in MANIFESTS:
            if layout.needs <= known:
                return layout
    if known.isdisjoint({"reference", "reference_file"}):
        for name in _TRANSCRIPTS:
            if name in known:
                return replace(PLAIN, fields={**PLAIN.fields, "reference": (name,)})
    return PLAIN
