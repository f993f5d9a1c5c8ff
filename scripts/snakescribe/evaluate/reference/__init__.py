"""Reference transcripts of recordings -> the part that belongs to each chunk."""
