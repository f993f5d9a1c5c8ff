"""Report: one self-contained HTML page that answers an experiment's question."""
