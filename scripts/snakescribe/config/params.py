"""The parameters of more than one stage: what the results of an experiment depend on."""

from snakescribe.config.block import Block
from snakescribe.config.evaluate import Scoring
from snakescribe.config.experiments import Experiment
from snakescribe.config.process import Chunking, Variant
from snakescribe.config.transcribe import Decoding, Model, Prompt


class ExperimentParams(Block):
    """An experiment and the entries of all sections that it uses, for the database and the page."""

    experiment: Experiment
    chunking: Chunking
    scoring: Scoring
    models: dict[str, Model]
    audio: dict[str, Variant]
    prompts: dict[str, Prompt]
    decoding: dict[str, Decoding]
