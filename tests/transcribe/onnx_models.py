"""Models for onnx-asr: Whisper with real weights, and small CTC and transducer graphs.

The small ones have the inputs and outputs of NeMo's and Kaldi's exports, and random weights: their
text means nothing, their tokens, times and probabilities are as real as those of any model.
"""

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PIECES = ["▁the", "▁game", "s", "▁", "o", "'", "▁a", "▁run", ",", "ner", "."]
BANDS, STRIDE, WIDTH = 80, 8, 6
FLOAT, INT64, INT32 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32


def write_vocabulary(folder: Path, config: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{piece} {number}" for number, piece in enumerate([*PIECES, "<blk>"])]
    (folder / "vocab.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "config.json").write_text(json.dumps({"features_size": BANDS, **config}))


def write_ctc(folder: Path, quantization: str = "", seed: int = 0) -> Path:
    """A folder as of NeMo's FastConformer CTC."""
    write_vocabulary(folder, {"model_type": "nemo-conformer-ctc"})
    random = np.random.default_rng(seed)
    weights = random.normal(size=(BANDS, len(PIECES) + 1)).astype(np.float32)
    nodes = [
        _pool("audio_signal", "pooled"),
        helper.make_node("Transpose", ["pooled"], ["frames"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["frames", "weights"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["logprobs"], axis=-1),
    ]
    _save(
        folder / f"model{quantization}.onnx",
        nodes,
        {"audio_signal": (FLOAT, ["b", BANDS, "t"]), "length": (INT64, ["b"])},
        {"logprobs": (FLOAT, ["b", "f", len(PIECES) + 1])},
        {"weights": weights},
    )
    return folder


def write_transducer(folder: Path, durations: int = 0, seed: int = 1) -> Path:
    """A folder as of Parakeet RNN-T, or of TDT with so many durations."""
    kind = "nemo-conformer-tdt" if durations else "nemo-conformer-rnnt"
    write_vocabulary(folder, {"model_type": kind, "max_tokens_per_step": 3})
    random = np.random.default_rng(seed)
    sizes = len(PIECES) + 1 + durations
    encoder = [
        _pool("audio_signal", "pooled"),
        helper.make_node("Transpose", ["pooled"], ["frames"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["frames", "weights"], ["states"]),
        helper.make_node("Transpose", ["states"], ["outputs"], perm=[0, 2, 1]),
        helper.make_node("Sub", ["length", "one"], ["less"]),
        helper.make_node("Div", ["less", "stride"], ["whole"]),
        helper.make_node("Add", ["whole", "one"], ["encoded_lengths"]),
    ]
    _save(
        folder / "encoder-model.onnx",
        encoder,
        {"audio_signal": (FLOAT, ["b", BANDS, "t"]), "length": (INT64, ["b"])},
        {"outputs": (FLOAT, ["b", WIDTH, "f"]), "encoded_lengths": (INT64, ["b"])},
        {
            "weights": random.normal(size=(BANDS, WIDTH)).astype(np.float32),
            "one": np.array(1, np.int64),
            "stride": np.array(STRIDE, np.int64),
        },
    )
    states = (FLOAT, [1, 1, WIDTH])
    joint = [
        helper.make_node("Transpose", ["encoder_outputs"], ["frame"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["frame", "heard"], ["from_sound"]),
        helper.make_node("Gather", ["written", "targets"], ["from_text"], axis=0),
        helper.make_node("Add", ["from_sound", "from_text"], ["joined"]),
        helper.make_node("Unsqueeze", ["joined", "axis"], ["outputs"]),
        helper.make_node("Identity", ["input_states_1"], ["output_states_1"]),
        helper.make_node("Identity", ["input_states_2"], ["output_states_2"]),
    ]
    _save(
        folder / "decoder_joint-model.onnx",
        joint,
        {
            "encoder_outputs": (FLOAT, [1, WIDTH, 1]),
            "targets": (INT32, [1, 1]),
            "target_length": (INT32, [1]),
            "input_states_1": states,
            "input_states_2": states,
        },
        {
            "outputs": (FLOAT, [1, 1, 1, sizes]),
            "output_states_1": states,
            "output_states_2": states,
        },
        {
            "heard": random.normal(size=(WIDTH, sizes)).astype(np.float32),
            "written": random.normal(size=(len(PIECES) + 1, sizes)).astype(np.float32),
            "axis": np.array([0], np.int64),
        },
    )
    return folder


def write_whisper(folder: Path, checkpoint: Path, tokenizer: Path) -> Path:
    """A folder as of optimum's export, of a multilingual checkpoint of openai-whisper.

    Args:
        checkpoint: the .pt file.
        tokenizer: the `tokenizer.json` of the same model.
    """
    import torch
    import whisper
    from whisper.model import disable_sdpa

    class LastLogits(torch.nn.Module):
        """The decoder, which says no more than the next token."""

        def __init__(self, decoder: Any) -> None:
            super().__init__()
            self.decoder = decoder

        def forward(self, tokens: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
            places = self.decoder.positional_embedding[: tokens.shape[1]]
            x = self.decoder.token_embedding(tokens) + places
            for block in self.decoder.blocks:
                x = block(x, states, mask=self.decoder.mask)
            return self.decoder.ln(x)[:, -1:] @ self.decoder.token_embedding.weight.T

    folder.mkdir(parents=True)
    model = whisper.load_model(str(checkpoint), device="cpu").eval()
    mel = torch.zeros(2, model.dims.n_mels, 3000)
    batch, length = {0: "batch"}, {0: "batch", 1: "length"}
    with torch.inference_mode(), disable_sdpa(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's, of shapes that are the same for all sounds
        states = model.encoder(mel)
        for name, part, given, names, axes in (
            ("encoder_model", model.encoder, (mel,), ["input_features"], [batch]),
            (
                "decoder_model_merged",
                LastLogits(model.decoder),
                (torch.full((2, 4), 50258), states),
                ["input_ids", "encoder_hidden_states"],
                [length, batch],
            ),
        ):
            out = "logits" if "decoder" in name else "last_hidden_state"
            torch.onnx.export(
                part,
                given,
                str(folder / f"{name}.onnx"),
                dynamo=False,
                do_constant_folding=False,
                input_names=names,
                output_names=[out],
                dynamic_axes={**dict(zip(names, axes, strict=True)), out: batch},
                opset_version=17,
            )
    described = json.loads(tokenizer.read_text(encoding="utf-8"))
    added = {token["content"]: token["id"] for token in described["added_tokens"]}
    (folder / "vocab.json").write_text(json.dumps(described["model"]["vocab"]))
    (folder / "added_tokens.json").write_text(json.dumps(added))
    config = {"model_type": "whisper", "num_mel_bins": model.dims.n_mels}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def _pool(source: str, target: str) -> onnx.NodeProto:
    return helper.make_node(
        "AveragePool", [source], [target], kernel_shape=[STRIDE], strides=[STRIDE], ceil_mode=1
    )


def _save(
    path: Path,
    nodes: list[onnx.NodeProto],
    inputs: dict[str, tuple[int, list[Any]]],
    outputs: dict[str, tuple[int, list[Any]]],
    weights: dict[str, np.ndarray],
) -> None:
    def values(places: dict[str, tuple[int, list[Any]]]) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(name, *place) for name, place in places.items()]

    graph = helper.make_graph(
        nodes,
        path.stem,
        values(inputs),
        values(outputs),
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opset = helper.make_opsetid("", 19)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=10), path)
