"""The lines of NIST's scoring files (STM, CTM), without comments."""

from collections.abc import Iterator


def content_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of an STM or CTM file that are no comment, with their numbers."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip() and not line.lstrip().startswith(";;"):
            yield number, line.strip()
