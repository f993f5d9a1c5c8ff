"""What the command line is called, for shells that ask it to complete a line."""

PROGRAM = "snakescribe"
VARIABLE = "_SNAKESCRIBE_COMPLETE"  # in which a shell asks
