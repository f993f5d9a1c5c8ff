"""What comes before a run: a first config, and whether this machine has what a run needs."""
