"""The explorer: all chunks of an experiment under any two conditions, in files on disk."""
