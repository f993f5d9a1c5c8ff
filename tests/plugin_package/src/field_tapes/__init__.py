"""Six plug-ins for snakescribe, one of each kind that a study of its own often needs."""
