"""What Snakemake remembers of each job lies with the results, not in the folder it was started in.

Snakemake keeps the params, code, inputs and their checksums by which it sees that a table is out of
date under ``.snakemake`` of its working folder. From another folder, another clone or a fresh
container it knows nothing and calls stale results done. Here the records of our tables lie in
``{results}/store/memory``, with paths below the results folder written as ``<results>/...``: a
folder that is moved or copied brings them along. A table without a record is made anew, since
nobody knows what it was made from.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import snakemake.api  # before its module `workflow`, which imports it in a circle
import snakemake.workflow
from snakemake.persistence import MetadataRecord, ParamsChange
from snakemake.persistence.file import FilePersistence

_UNKNOWN = "nobody knows what it was made from"


@dataclass(frozen=True)
class _Place:
    """A results folder, as the config writes it and in full."""

    written: str
    whole: str

    def below(self, path: str) -> str | None:
        """A path -> what of it is below the folder; None of other paths."""
        whole = _in_full(path)
        return whole[len(self.whole) + 1 :] if whole.startswith(self.whole + os.sep) else None


class TravellingMemory(FilePersistence):  # type: ignore[misc]
    """Snakemake's own records; those of tables in a results folder lie there."""

    places: ClassVar[list[_Place]] = []

    def _locate(self, path: str) -> tuple[_Place, str] | None:
        for place in self.places:
            if below := place.below(path):
                return place, below
        return None

    def _placed(self, path: str) -> str:
        """A path -> the same from wherever Snakemake is started."""
        located = self._locate(path)
        return f"<results>/{located[1]}" if located else path

    def _record_path(self, subject: str, id: str) -> str:
        located = self._locate(id) if subject == self._metadata_path else None
        if located is None:
            return str(super()._record_path(subject, id))
        place, below = located
        return f"{place.whole}/store/memory/{below}.json"

    def _read_record(self, key: str) -> MetadataRecord | None:
        try:
            return super()._read_record(key)
        except (OSError, ValueError):  # damaged: as if there were none
            return None

    def _write_record(self, key: str, record: MetadataRecord) -> None:
        if self._locate(key):
            checksums = (record.input_checksums or {}).items()
            record.input_checksums = {self._placed(path): value for path, value in checksums}
        super()._write_record(key, record)

    def started(self, job: Any, external_jobid: str | None = None) -> None:
        """Forget what the tables of a job were made from: if it is killed, nobody knows."""
        super().started(job, external_jobid)
        for path in job.output:
            if self._locate(path):
                self._delete_record(self._get_key(path))

    def has_metadata(self, job: Any) -> bool:
        """Whether there is something to compare; of our tables always, see `params_changed`."""
        return bool(super().has_metadata(job)) or any(map(self._locate, job.output))

    def params_changed(self, job: Any, file: Any = None) -> Any:
        """What differs between what tables were made from and what this config asks for."""
        changes = super().params_changed(job, file)
        files = job.output if file is None else [file]
        unknown = {path for path in files if self._locate(path) and not self.metadata(path)}
        if unknown := {path for path in unknown if Path(path).exists()}:
            changes |= ParamsChange(only_old={_UNKNOWN}, files=unknown)
        return changes

    def input_checksums(self, job: Any, input_path: Any) -> Any:
        """The checksums that an input had when the tables of a job were made."""
        ours = any(map(self._locate, job.output))
        return super().input_checksums(job, self._placed(input_path) if ours else input_path)

    def _input(self, job: Any) -> list[str]:
        paths: list[str] = super()._input(job)
        return sorted(map(self._placed, paths)) if any(map(self._locate, job.output)) else paths

    def _params(self, job: Any) -> list[str]:
        """The params of a job as text; names of places in a results folder are of no account."""
        params: list[str] = super()._params(job)
        for place in self.places:
            whole, inside = repr(place.written), repr(place.written + os.sep)[:-1]
            params = [text for text in params if text != whole and not text.startswith(inside)]
        return params


def remember_in(folder: Path) -> None:
    """Let the Snakemake that reads our Snakefile keep its records of a results folder in it.

    There is no plug-in for this: the class that it makes its records with is replaced.
    """
    place = _Place(str(folder), _in_full(str(folder)))
    if place not in TravellingMemory.places:
        TravellingMemory.places.append(place)
    snakemake.workflow.FilePersistence = TravellingMemory


def _in_full(path: str) -> str:
    """A path from the root, without `..`; links stay, the disk is not asked."""
    return os.path.abspath(path)  # noqa: PTH100
