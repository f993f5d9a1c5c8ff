"""Model weights: the table of known names, fetching and verifying."""
