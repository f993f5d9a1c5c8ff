"""Captions and reference files of any kind -> timed utterances, without rolling duplicates."""

# How reference files may end, the best timed kinds first: of several for one recording the first
# is taken. `captions.read` has the readers, which configs are checked without.
REFERENCE_SUFFIXES = (
    ".stm", ".ctm", ".json3", ".textgrid", ".eaf", ".vtt", ".srt", ".sbv", ".ttml", ".dfxp",
    ".json", ".txt",
)  # fmt: skip
