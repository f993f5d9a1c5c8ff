"""What the Snakefile asks: the checked config, what each rule depends on, how far a run is."""
