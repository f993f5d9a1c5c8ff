"""From recordings as they came to chunks that a model can take."""
