"""What a published download says of itself: `receipt.json` beside its audio."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from snakescribe.store import write_text


class SoundTrack(BaseModel):
    """Which of a site's sound tracks was taken.

    `format` is the site's id of it. `language` is its own language code, else that of the whole,
    which is `site_language`. `flaw` says what is wrong with it, in words. `guessed` are the
    languages among which nothing but chance has chosen.
    """

    model_config = ConfigDict(frozen=True)

    format: str
    language: str | None
    site_language: str | None
    flaw: str | None
    guessed: list[str]


class Receipt(BaseModel):
    """A download: `audio` is the name of its file, whose `bytes` have this `sha256`.

    `seconds` are those that were decoded, `bit_rate` is in kbit/s, `retrieved_at` is UTC,
    `note` says what is odd about the sound ("" mostly).
    """

    model_config = ConfigDict(frozen=True)

    audio: str
    sha256: str
    bytes: int
    seconds: float | None
    codec: str | None
    bit_rate: float | None
    url: str
    track: SoundTrack
    retrieved_at: str | None = None
    note: str


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Write the receipt of a download into its folder, at once."""
    write_text(receipt_path(folder), receipt.model_dump_json(indent=1) + "\n")


def read_receipt(folder: Path) -> Receipt | None:
    """A download's folder -> its receipt; None where there is none that can be read."""
    try:
        return Receipt.model_validate_json(receipt_path(folder).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def receipt_path(folder: Path) -> Path:
    """Where a download's receipt lies in its folder."""
    return folder / "receipt.json"
