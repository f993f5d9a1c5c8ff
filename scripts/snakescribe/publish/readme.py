"""What an archive says of itself to people."""

from collections.abc import Sequence

from snakescribe import __version__
from snakescribe.publish.contents import Contents
from snakescribe.publish.story import Story

_PARTS = (
    ("config.yaml", "the config of the run"),
    ("settings/", "what was scored and how, for each experiment"),
    ("results/items.tsv", "the list of recordings, frozen; `results/store/items.lock.jsonl` too"),
    ("results/transcripts/", "what the models wrote, chunk by chunk (Parquet)"),
    ("results/scores/", "counts of every chunk (`chunks.parquet`), and all tables of figures"),
    ("results/report/", "the pages, and an explorer of all chunks beside each: no network needed"),
    ("figures/", "their figures as SVG"),
    ("references/", "what was said"),
    ("tables/", "tables of terms and corrections"),
    ("environment/", "the versions of all packages"),
    ("workflow/", "the Snakemake workflow"),
    ("dataset/", "chunks of sound with their texts: AudioFolder, NeMo manifest, Lhotse cuts"),
    ("eval_results/", "for each model a folder `.eval_results` for its repository on the hub"),
    ("ro-crate-metadata.json", "provenance: what made which file of which (Workflow Run RO-Crate)"),
    ("SHA256SUMS", "digests of all files: `sha256sum -c SHA256SUMS`"),
)  # fmt: skip


def write_readme(story: Story, left_out: Sequence[str], contents: Contents) -> str:
    """The story of a run, what is not in its archive, and what is -> README.md."""
    names = [*contents.files, "ro-crate-metadata.json", "SHA256SUMS"]
    parts = [
        f"- `{part}`: {what}"
        for part, what in _PARTS
        if any(name.startswith(part) for name in names)
    ]
    masked = contents.masks.counts
    told = (
        f"Secrets were masked in {masked.total()} places of {len(masked)} files." if masked else ""
    )
    lines = [
        f"# {story.title}", "", *story.questions, "",
        f"Made by snakescribe {__version__}, which computes all scores again from it:", "",
        "    snakescribe verify THIS.zip", "",
        "## What is in it", "", *parts, "",
        "## What is not in it", "", *(f"- {line}" for line in left_out), "",
        "## Rights", "", story.rights, "", told,
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"
