"""How many recordings must be resampled to say anything about others."""

# Fewer recordings than this say too little about how recordings differ: with `bootstrap_unit: auto`
# chunks are resampled instead, which says nothing about other recordings.
MIN_RECORDINGS = 3
# With fewer units than this, their differences (whole numbers of words, mostly) are by chance so
# nearly alike now and then that Student's t trusts them far too much: nothing is found.
ENOUGH_UNITS = 5
