"""The same weights for both Whisper packages: a CTranslate2 folder -> an openai-whisper checkpoint.

Only names and the joining of query, key and value differ; the numbers are copied (16 bits).
"""

import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch

TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def write_checkpoint(folder: Path, target: Path) -> Path:
    """Write the .pt file of a CTranslate2 Whisper model whose weights are stored as floats."""
    with (folder / "model.bin").open("rb") as stream:
        variables = read_variables(stream)
    state: dict[str, torch.Tensor] = {}

    def copy(name: str, source: str) -> None:
        state[name] = torch.from_numpy(variables[source].astype(np.float16))

    def copy_norm(name: str, source: str) -> None:
        copy(f"{name}.weight", f"{source}/gamma")
        copy(f"{name}.bias", f"{source}/beta")

    def copy_linear(names: list[str], source: str) -> None:
        """One matrix of the source -> as many layers as there are names."""
        for suffix in ("weight", "bias"):
            parts = np.split(variables[f"{source}/{suffix}"], len(names))
            for name, part in zip(names, parts, strict=True):
                if not (suffix == "bias" and name.endswith(".key")):  # it is zero, and not stored
                    state[f"{name}.{suffix}"] = torch.from_numpy(part.astype(np.float16))

    for number in (1, 2):
        copy(f"encoder.conv{number}.weight", f"encoder/conv{number}/weight")
        copy(f"encoder.conv{number}.bias", f"encoder/conv{number}/bias")
    copy("encoder.positional_embedding", "encoder/position_encodings/encodings")
    copy("decoder.positional_embedding", "decoder/position_encodings/encodings")
    copy("decoder.token_embedding.weight", "decoder/embeddings/weight")
    copy_norm("encoder.ln_post", "encoder/layer_norm")
    copy_norm("decoder.ln", "decoder/layer_norm")
    layers = {}
    for side in ("encoder", "decoder"):
        layers[side] = len(
            {name.split("/")[1] for name in variables if name.startswith(f"{side}/layer_")}
            - {"layer_norm"}
        )
        for number in range(layers[side]):
            block, source = f"{side}.blocks.{number}", f"{side}/layer_{number}"
            qkv = [f"{block}.attn.{part}" for part in ("query", "key", "value")]
            copy_linear(qkv, f"{source}/self_attention/linear_0")
            copy_linear([f"{block}.attn.out"], f"{source}/self_attention/linear_1")
            copy_norm(f"{block}.attn_ln", f"{source}/self_attention/layer_norm")
            copy_linear([f"{block}.mlp.0"], f"{source}/ffn/linear_0")
            copy_linear([f"{block}.mlp.2"], f"{source}/ffn/linear_1")
            copy_norm(f"{block}.mlp_ln", f"{source}/ffn/layer_norm")
            if side == "decoder":
                cross = f"{block}.cross_attn"
                copy_linear([f"{cross}.query"], f"{source}/attention/linear_0")
                copy_linear([f"{cross}.key", f"{cross}.value"], f"{source}/attention/linear_1")
                copy_linear([f"{cross}.out"], f"{source}/attention/linear_2")
                copy_norm(f"{block}.cross_attn_ln", f"{source}/attention/layer_norm")
    width, mels, _ = variables["encoder/conv1/weight"].shape
    dims = {
        "n_mels": mels,
        "n_audio_ctx": 1500,
        "n_audio_state": width,
        "n_audio_head": int(variables["encoder/num_heads"]),
        "n_audio_layer": layers["encoder"],
        "n_vocab": len(variables["decoder/embeddings/weight"]),
        "n_text_ctx": 448,
        "n_text_state": width,
        "n_text_head": int(variables["decoder/num_heads"]),
        "n_text_layer": layers["decoder"],
    }
    torch.save({"dims": dims, "model_state_dict": state}, target)
    return target


def read_variables(stream: BinaryIO) -> dict[str, np.ndarray]:
    """A CTranslate2 model.bin (format version 6) -> its variables by name."""

    def unpack(form: str) -> Any:
        return struct.unpack(f"<{form}", stream.read(struct.calcsize(f"<{form}")))[0]

    def text() -> str:
        return stream.read(unpack("H"))[:-1].decode()

    assert unpack("I") == 6
    text()  # the specification's name
    unpack("I")  # and its revision
    variables = {}
    for _ in range(unpack("I")):
        name = text()
        shape = [unpack("I") for _ in range(unpack("B"))]
        kind = TYPES[unpack("B")]
        variables[name] = np.frombuffer(stream.read(unpack("I")), kind).reshape(shape)
    return variables
