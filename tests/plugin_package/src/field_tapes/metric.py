"""A metric: how many words were written for each one that was said."""

from snakescribe.evaluate.metrics import Figure, Metric, each_sample
from snakescribe.evaluate.metrics.sample import Sample


@each_sample
def count(sample: Sample) -> dict[str, int]:
    return {"words_said": len(sample.reference), "words_written": len(sample.hypothesis)}


LENGTH = Metric(
    name="length",
    counts=("words_said", "words_written"),
    count=count,
    figures=(
        Figure(
            "length_ratio",
            "words written for each word said",
            lambda sums: sums["words_written"] / sums["words_said"],
        ),
    ),
)
