"""A finished run -> what others can check: one archive, and what other tools read."""
