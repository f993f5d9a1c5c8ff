"""A reference that shares hardly a word with what is heard may be of another recording."""

from collections.abc import Callable
from typing import Any

import pytest

from snakescribe.tables import NOTICES, read_table

pytestmark = pytest.mark.slow

SAID = "margaret said mister hale as he returned from showing his guest downstairs"
OTHER = "nobody knows how many boats sail at night please bring seven apples"


@pytest.mark.parametrize(
    ("reference", "heard", "told"),
    [
        (OTHER, {"none": SAID, "names": SAID}, True),
        (SAID, {"none": SAID, "names": SAID}, False),
        (OTHER, {"none": SAID, "names": OTHER}, False),  # one condition hears it
        (f"he said {OTHER}", {"none": SAID, "names": "so it is"}, True),
        (OTHER, {"none": "", "names": "so it is"}, False),  # nothing is heard: it may be right
        ("six words", {"none": SAID, "names": SAID}, False),
        (SAID, {"none": f"{SAID} {OTHER}", "names": f"{OTHER} {SAID}"}, False),
        (SAID, {"none": f"{SAID} {OTHER} {OTHER}", "names": f"{OTHER} {SAID} {OTHER}"}, True),
        (SAID, {"none": f"{SAID} {OTHER} {OTHER}", "names": SAID}, False),
        (f"{SAID} {OTHER} {OTHER}", {"none": SAID, "names": SAID}, True),
        (SAID, {"none": "margaret sad mister hail as she returns from", "names": ""}, False),
    ],
)
def test_a_reference_of_another_recording_is_told(
    corpus: Callable[..., Any], reference: str, heard: dict[str, str], told: bool
) -> None:
    world = corpus()
    world.add("good", {"none": [SAID], "names": [SAID]}, reference=SAID)
    world.add("odd", {prompt: [text] for prompt, text in heard.items()}, reference=reference)
    world.compare()
    rows = read_table(NOTICES, world.folder / "compared.tsv")
    unlike = [row["recording"] for row in rows if row["kind"] == "reference_unlike"]
    assert unlike == ["odd"] * told
