"""Heard or copied? Terms that were silenced and are written all the same."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from results_folder import ResultsFolder, audio_row, chunk_row
from snakescribe.cli.figures import print_summary
from snakescribe.tables import AUDIO

SAID = ["the Herons lead", "Okafor waits for the Herons and Okafor"]
# What each condition writes in the two chunks, and of the silenced terms, how many.
HEARD = {
    "none": ["the lead", "waits for the Herons and"],
    "names": ["the Herons lead", "Okafor waits for the Herons and Okafor"],
    "twice": ["Herons Herons lead", "waits for the and Okafor"],
}
# Of Okafor's two only the second is silenced.
SPANS = [[1.0, 2.0, "Herons"], [12.0, 13.0, "Herons"], [18.0, 19.0, "Okafor"]]
WRITTEN = {"none": 1, "names": 3, "twice": 1}
RECORDINGS = 6


def study(corpus: Callable[..., Any]) -> Any:
    """All prompts hear the silenced variant."""
    scoring = {"terms": {"tables": [], "fields": ["names"]}}
    world = corpus(prompts=tuple(HEARD), scoring=scoring)
    world.audio = dict.fromkeys(HEARD, "silenced")
    for number in range(RECORDINGS):
        name = f"r{number}"
        context = {"names": "Herons, Okafor"}
        world.add(name, HEARD, reference=" ".join(SAID), context=context)
        for place in range(2):
            world.more_chunks["silenced"].append(
                chunk_row(name, place, [10.0 * place, 10.0 * place + 10])
            )
    return world


def compare(world: Any) -> Any:
    """Score and compare with what the audio table says was silenced."""
    world.write()
    made = ResultsFolder(world.folder)
    chain = [{"silence_terms": {"words": "x.ctm", "pad_ms": 0, "spans": SPANS}}]
    rows = [audio_row(f"r{number}", chain=chain) for number in range(RECORDINGS)]
    made.items, made.recordings, made.plans = world.items, world.recordings, world.plans
    made.write_shards(AUDIO, rows, variant="silenced")
    world.silenced = ["silenced"]
    world.score_only()
    world.compare_only()
    return world.table("conditions").set_index("condition")


def test_what_is_written_beyond_what_is_audible_counts(corpus: Callable[..., Any]) -> None:
    rows = compare(study(corpus))
    for prompt, written in WRITTEN.items():
        assert rows.loc[prompt, "silenced_terms_written"] == pytest.approx(written / len(SPANS))
        low, high = rows.loc[prompt, ["silenced_terms_written_low", "silenced_terms_written_high"]]
        assert low <= written / len(SPANS) + 1e-9 <= high + 2e-9


def test_the_summary_says_it_for_each_prompt(corpus: Callable[..., Any]) -> None:
    world = study(corpus)
    compare(world)
    out = StringIO()
    print_summary(world.folder, "study", Console(file=out, width=300))
    told = [line for line in out.getvalue().splitlines() if line.startswith("heard or copied?")]
    assert len(told) == len(HEARD)
    assert told[0].startswith(f"heard or copied? none: of {3 * RECORDINGS} silenced terms 33.3 %")


def test_without_silence_there_is_no_such_figure(corpus: Callable[..., Any]) -> None:
    world = study(corpus)
    world.compare()
    assert "silenced_terms_written" not in world.table("conditions").columns
