"""The kinds of things that can be removed, and what a plain run does afterwards."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What it is, and what becomes of a run without it; `safe`: nothing is lost but time."""

    what: str
    afterwards: str
    safe: bool = True


# What has no kind is never removed: the lock file and frozen lists, captions, references, what
# sites said, people's corrections, and the records by which a run knows what is done.
KINDS = {
    "leftovers": Kind(
        "files that killed jobs were writing",
        "nothing",
    ),
    "unused": Kind(
        "prepared audio and chunks that no table of these results names: of earlier configs",
        "nothing; an earlier config, or a run that had not ended, prepares them again",
    ),
    "logs": Kind(
        "what jobs said",
        "nothing; `status` no longer tells why jobs of earlier runs failed",
    ),
    "chunks": Kind(
        "sound cut for the models",
        "nothing is to be done; what needs it again (a model, a prompt, a page) cuts it again",
    ),
    "audio": Kind(
        "recordings as 16 kHz mono, filtered",
        "nothing is to be done; what needs it again prepares it again from the recordings",
    ),
    "speech": Kind(
        "what the speech detector heard",
        "nothing is to be done; a changed chunking listens again",
    ),
    "downloads": Kind(
        "the sound of downloaded recordings",
        "nothing is to be done; what needs the sound again stops and says so: `--forcerun "
        "fetch_recordings prepare_audio` downloads it again, where sites still have it",
        safe=False,
    ),
    "transcripts": Kind(
        "transcripts, and the rows that were decoded for them",
        "nothing is to be done while scores stand; changed scoring transcribes all of it again",
        safe=False,
    ),
    "scores": Kind(
        "scores and comparisons",
        "they are computed again",
        safe=False,
    ),
    "report": Kind(
        "the pages",
        "they are drawn again",
        safe=False,
    ),
    "exports": Kind(
        "subtitles and other files of `snakemake export`",
        "nothing; `snakemake export` writes them again",
        safe=False,
    ),
    "database": Kind(
        "the embedded database",
        "results are loaded again; what it remembered of earlier runs is lost",
        safe=False,
    ),
    "weights": Kind(
        "weights in the cache, which all runs share",
        "they are fetched again",
        safe=False,
    ),
}
SAFE = tuple(name for name, kind in KINDS.items() if kind.safe)
NAMED = tuple(name for name in KINDS if name not in SAFE)  # only where they are named
