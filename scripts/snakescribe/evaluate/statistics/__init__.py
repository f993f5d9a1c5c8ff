"""Sums by recording -> intervals, tests and what a study of this size can detect."""
