"""The shapes of what others answer, where they give it one: names for what is passed on."""

from typing import Any

# What yt-dlp tells of a recording or a list: a key for each of some hundred fields, any of which
# may be missing (yt_dlp/extractor/common.py lists them).
InfoDict = dict[str, Any]

# The fields of a recording beside its columns, for prompts, filters and strata: a user's tables
# name them, and their values are what JSON can hold.
ContextFields = dict[str, Any]
