"""The engine `transformers`: any pipeline for speech recognition, by folder or hub address."""

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.paths import is_folder
from snakescribe.transcribe.engines.batched import BatchedEngine
from snakescribe.transcribe.engines.protocol import Decoded, Options, Provenance
from snakescribe.transcribe.weights.convert import (
    TRANSFORMERS_FILES,
    Form,
    check_conversion,
    fetch_converted,
    form_of,
    model_type,
    needs_conversion,
    source_state,
)
from snakescribe.transcribe.weights.fetch import fetch_model
from snakescribe.transcribe.weights.files import WeightFiles
from snakescribe.transcribe.weights.hub import describe_hub, fetch_from_hub, is_hub_address
from snakescribe.transcribe.weights.receipt import Receipt

if TYPE_CHECKING:
    import numpy as np

ENGINE = "transformers"


class Transformers(BatchedEngine):
    """A model of transformers with its own pipeline; greedy search."""

    OPTIONS = frozenset({"timestamps", "word_timestamps"})
    COMPUTE_TYPES = frozenset({"default", "bfloat16", "float16", "float32"})
    NAME = ENGINE

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        # Not at the top: the package and torch need not be installed.
        from snakescribe.transcribe.engines.transformers_model import PipelineModel

        self._model = PipelineModel(weights, model.compute_type, threads, device)
        super().__init__(model.batch)

    @classmethod
    def check_weights(cls, weights: str) -> None:
        if missing := [name for name in ("torch", "transformers") if not find_spec(name)]:
            raise UserError(
                f"the engine transformers needs {' and '.join(missing)}: "
                "pip install 'snakescribe[transformers]'"
            )
        if needs_conversion(weights, ENGINE):
            check_conversion(weights, ENGINE)
        elif is_folder(weights):
            _check_folder(Path(weights))
        elif not is_hub_address(weights):
            raise UserError(
                f"unknown weights '{weights}': neither a folder, a .pt file nor an address on the "
                "model hub, such as openai/whisper-tiny.en"
            )

    @classmethod
    def describe_weights(cls, weights: str) -> str:
        if needs_conversion(weights, ENGINE):
            return f"{form_of(weights)}; the run converts it"
        return describe_hub(weights) if is_hub_address(weights) else ""

    @classmethod
    def is_english_only(cls, weights: str) -> bool:
        settings = Path(weights) / "generation_config.json"
        if is_folder(weights) and settings.is_file():
            try:
                told = json.loads(settings.read_text(encoding="utf-8"))
            except ValueError:  # which transformers tells when it loads the model
                return False
            return isinstance(told, dict) and told.get("is_multilingual") is False
        return weights.removesuffix(".pt").endswith(".en")

    @classmethod
    def weights_state(cls, weights: str) -> str:
        return source_state(weights) if needs_conversion(weights, ENGINE) else ""

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        if needs_conversion(weights, ENGINE):
            return fetch_converted(weights, ENGINE, cls.fetch_weights)
        if is_hub_address(weights):
            folder = fetch_from_hub(weights, TRANSFORMERS_FILES)
            receipt = cls.fetch_weights(str(folder))
            return {**receipt, "weights": weights, "source": "hub"}
        _check_folder(Path(weights))
        names = sorted(
            {path.name for pattern in TRANSFORMERS_FILES for path in Path(weights).glob(pattern)}
        )
        files = WeightFiles(ENGINE, "a model of transformers", tuple(names))
        languages = "en" if cls.is_english_only(weights) else "multilingual"
        return {**fetch_model(weights, files), "languages": languages}

    def provenance(self) -> Provenance:
        return {"engine": ENGINE, **self._model.provenance(), "batch_size": self.batch_size}

    def recognise(
        self, audio: "Sequence[np.ndarray]", language: str, options: Options
    ) -> list[Decoded]:
        return self._model.recognise(audio, language, options)


def _check_folder(folder: Path) -> None:
    """Raise a UserError if a folder cannot be one of a speech recogniser."""
    if form_of(str(folder)) is not Form.TRANSFORMERS:
        raise UserError(
            f"{folder}: no config.json with *.safetensors or pytorch_model.bin in this folder, "
            "which a model of transformers has"
        )
    if not model_type(folder):
        raise UserError(f"{folder}/config.json: no model_type, which transformers needs")
    settings = ("preprocessor_config.json", "processor_config.json")
    if not any((folder / name).is_file() for name in settings):
        raise UserError(
            f"{folder}: no {' or '.join(settings)} in this folder; save the processor beside the "
            "fine-tuned model (`processor.save_pretrained`)"
        )
