"""The engine `onnx`: Parakeet, Canary, FastConformer, GigaAM, Zipformer and others by onnx-asr."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.paths import is_folder
from snakescribe.transcribe.engines.batched import BatchedEngine
from snakescribe.transcribe.engines.protocol import Decoded, Options, Provenance
from snakescribe.transcribe.weights.fetch import describe_model, fetch_model
from snakescribe.transcribe.weights.onnx_files import (
    FORMATS,
    make_weight_files,
    read_folder,
)
from snakescribe.transcribe.weights.receipt import Receipt
from snakescribe.transcribe.weights.table import find_model, known_models

if TYPE_CHECKING:
    import numpy as np

ENGINE = "onnx"


class Onnx(BatchedEngine):
    """A model that onnx-asr runs on onnxruntime."""

    OPTIONS = frozenset({"word_timestamps"})  # they are there or not, whatever is asked for
    COMPUTE_TYPES = frozenset({"default", *FORMATS})
    NAME = ENGINE

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        # Not at the top: the package need not be installed.
        from snakescribe.transcribe.engines.onnx_model import OnnxAsrModel

        folder = read_folder(Path(weights))
        number_format = folder.choose_format(model.compute_type)
        self._model = OnnxAsrModel(folder, number_format, threads, device)
        super().__init__(model.batch)

    @classmethod
    def check_weights(cls, weights: str) -> None:
        if not find_spec("onnx_asr"):
            raise UserError(
                "the engine onnx needs the package onnx-asr: pip install 'snakescribe[onnx]'"
            )
        if is_folder(weights):
            read_folder(Path(weights))
        else:
            find_model(weights, ENGINE)

    @classmethod
    def check_model(cls, model: Weights) -> Iterator[str]:
        problems = list(super().check_model(model))
        yield from problems
        if not problems and is_folder(model.weights) and model.compute_type in cls.COMPUTE_TYPES:
            try:
                read_folder(Path(model.weights)).choose_format(model.compute_type)
            except UserError as error:
                yield f"compute_type: {error}"

    @classmethod
    def describe_weights(cls, weights: str) -> str:
        if is_folder(weights):
            return ""
        return describe_model(weights, make_weight_files(tuple(find_model(weights, ENGINE).files)))

    @classmethod
    def is_english_only(cls, weights: str) -> bool:
        known = known_models().get(weights)
        return known is not None and known.languages == "en"

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        if is_folder(weights):
            return fetch_model(weights, read_folder(Path(weights)).weight_files)
        return fetch_model(weights, make_weight_files(tuple(find_model(weights, ENGINE).files)))

    def provenance(self) -> Provenance:
        return {"engine": ENGINE, **self._model.provenance(), "batch_size": self.batch_size}

    def recognise(
        self, audio: "Sequence[np.ndarray]", language: str, options: Options
    ) -> list[Decoded]:
        return self._model.recognise(audio, language)
