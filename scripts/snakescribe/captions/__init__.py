"""Captions and reference files of any kind -> timed utterances, without rolling duplicates."""

# How reference files may end, the best timed kinds first: of several for one recording the first
# is taken. `captions.read` has the readers, which configs are checked without.
REFERENCE_SUFFIXES = (
    ".stm", ".ctm", ".json3", ".vtt", ".srt", ".ttml", ".dfxp", ".json", ".txt",
)  # fmt: skip
