"""Which files make up the weights of an engine's models."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.store import file_sha256


@dataclass(frozen=True)
class WeightFiles:
    """The files that an engine reads from the folder of a model.

    Attributes:
        engine: its name, as `resources/models.yaml` has it.
        model: what a model of this kind is called in messages: `a CTranslate2 model`.
        needed: hold the weights; their sha256 say which model it is.
        beside: are taken along where a source has them.
    """

    engine: str
    model: str
    needed: tuple[str, ...]
    beside: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """The names of all files."""
        return (*self.needed, *self.beside)

    def missing(self, folder: Path) -> list[str]:
        """A folder -> the needed files that are not in it."""
        return [name for name in self.needed if not (folder / name).exists()]

    def no_weights(self, folder: Path) -> str:
        """A folder without all needed files -> what is wrong with it."""
        missing = ", ".join(self.missing(folder))
        return f"{folder}: no {missing} in this folder, which {self.model} has"

    def digests(self, folder: Path) -> dict[str, str]:
        """A folder -> the sha256 of each needed file.

        Raises:
            UserError: one is missing.
        """
        if self.missing(folder):
            raise UserError(self.no_weights(folder))
        return {name: file_sha256(folder / name) for name in self.needed}

    def digests_by_path(self, folder: Path, known: Mapping[str, str]) -> dict[str, str]:
        """A folder and what `digests` gave of it -> the sha256 of all files there, by full path."""
        folder = folder.resolve()
        here = [name for name in self.all if (folder / name).is_file()]
        return {str(folder / name): known.get(name) or file_sha256(folder / name) for name in here}
