"""Run the command line as ``python -m snakescribe``."""

from snakescribe.cli import main

if __name__ == "__main__":
    main()
