"""A source: the WAV files of a folder; what was said lies beside each as `NAME.said`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from snakescribe.acquire.sources import Found, Listing


class Tapes:
    """In a config: `recordings: [{source: tapes, folder: tapes}]`."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.folder = Path(entry["folder"])

    def listings(self) -> Iterator[Listing]:
        yield Listing(f"tapes:{self.folder}", self.find)

    def find(self, web: object) -> Iterator[Found]:  # noqa: ARG002 - this source asks no site
        for path in sorted(self.folder.glob("*.wav")):
            said = path.with_suffix(".said").read_text(encoding="utf-8").strip()
            yield Found(
                identity=str(path),
                id=path.stem,
                kind="file",
                locator=str(path),
                title=f"Tape {path.stem}",
                reference=said,
            )
