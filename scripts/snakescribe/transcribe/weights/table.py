"""``resources/models.yaml`` -> the models known by name."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from snakescribe.config.yaml_text import parse_yaml
from snakescribe.errors import UserError, did_you_mean
from snakescribe.paths import MODELS_TABLE, is_for_a_shell, path_hint


@dataclass(frozen=True)
class Model:
    """A known model: what runs it, what it needs and where its weights come from.

    `files` are those that hold the weights, with the sha256 of each, None where no value is known.
    """

    name: str
    languages: str
    parameters_millions: int
    gpu_mem_mb: int
    files: dict[str, str | None]
    sources: tuple[dict[str, Any], ...]
    engine: str = "faster-whisper"
    licence: str = ""

    @property
    def megabytes(self) -> int:
        """About how large the weights are: float16 for CTranslate2, else as their names tell."""
        told = {"faster-whisper": 2}.get(self.engine, 4)
        small = any("int8" in name for name in self.files) or self.engine == "moonshine"
        return self.parameters_millions * (1 if small else told)


@cache
def known_models() -> dict[str, Model]:
    """All models of the table, by name."""
    table = parse_yaml(MODELS_TABLE.read_text(encoding="utf-8"))
    return {
        name: Model(name=name, **{**entry, "sources": tuple(entry["sources"])})
        for name, entry in table.items()
    }


def find_model(name: str, engine: str) -> Model:
    """A name -> its entry.

    Raises:
        UserError: no such name, near ones are suggested; or another engine runs this model.
    """
    models = known_models()
    if name not in models:
        known = [other for other, model in models.items() if model.engine == engine]
        raise UserError(
            f"unknown weights '{name}': neither a folder nor a name in resources/models.yaml; "
            f"{path_hint(name) if is_for_a_shell(name) else did_you_mean(name, known)}"
        )
    if models[name].engine != engine:
        raise UserError(
            f"the weights '{name}' are not for {engine}; the engine {models[name].engine} runs them"
        )
    return models[name]
