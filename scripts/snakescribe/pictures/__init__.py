"""Pictures of recordings: what was prepared, found and cut, for people to look at."""
