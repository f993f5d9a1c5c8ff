"""A checkpoint of openai-whisper -> a folder as transformers has it, and its state back again.

Only names differ; the numbers are copied. The vocabulary is the package's own, so that nothing is
asked of a hub. Names as in transformers' `convert_openai_to_hf.py` (version 4).
"""

import base64
import gzip
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
import whisper
from ctranslate2.converters import TransformersConverter
from transformers import (
    AddedToken,
    AutoTokenizer,
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizer,
)
from transformers.convert_slow_tokenizer import TikTokenConverter
from whisper.tokenizer import get_tokenizer

from snakescribe.errors import UserError
from snakescribe.transcribe.weights.checkpoints import (
    ENGLISH_VOCABULARY,
    official_name,
    read_shape,
)

transformers.logging.disable_progress_bar()

# openai-whisper's names -> those of transformers, in this order.
_NAMES = (
    ("blocks", "layers"),
    ("mlp.0", "fc1"),
    ("mlp.2", "fc2"),
    ("mlp_ln", "final_layer_norm"),
    ("cross_attn_ln", "encoder_attn_layer_norm"),
    ("cross_attn.", "encoder_attn."),
    ("attn_ln", "self_attn_layer_norm"),
    (".attn.", ".self_attn."),
    (".query", ".q_proj"),
    (".key", ".k_proj"),
    (".value", ".v_proj"),
    (".out.", ".out_proj."),
    ("ln_post", "layer_norm"),
    ("decoder.ln.", "decoder.layer_norm."),
    ("token_embedding", "embed_tokens"),
    ("positional_embedding", "embed_positions.weight"),
)


_TIME = re.compile(r"<\|\d+\.\d\d\|>")


def write_folder(checkpoint: Path, folder: Path) -> None:
    """Write a checkpoint as a folder for transformers: weights, vocabulary and settings.

    Raises:
        UserError: the file is no checkpoint of openai-whisper.
    """
    shape = read_shape(checkpoint)
    stored = torch.load(checkpoint, map_location="cpu", weights_only=True)
    dims, state = stored["dims"], stored["model_state_dict"]
    multilingual = dims["n_vocab"] != ENGLISH_VOCABULARY
    languages = dims["n_vocab"] - 51765 - int(multilingual)  # as the package counts them
    tokenizer = get_tokenizer(multilingual, num_languages=languages)
    special = tokenizer.encoding._special_tokens
    config = _make_config(dims, special)
    with torch.device("meta"):
        model = WhisperForConditionalGeneration(config)
    named = {f"model.{_to_theirs(name)}": values for name, values in state.items()}
    named["proj_out.weight"] = named["model.decoder.embed_tokens.weight"]
    try:
        model.load_state_dict(named, strict=True, assign=True)
    except RuntimeError as error:
        raise UserError(f"{checkpoint}: not the layers of Whisper: {error}") from error
    model.generation_config = _make_generation_config(
        tokenizer, official_name(checkpoint, shape), config
    )
    model.save_pretrained(folder)
    _write_tokenizer(folder, "multilingual" if multilingual else "gpt2", special)
    WhisperFeatureExtractor(feature_size=dims["n_mels"]).save_pretrained(folder)


def write_checkpoint(folder: Path, checkpoint: Path) -> None:
    """Write a Whisper folder of transformers as a checkpoint of openai-whisper.

    Raises:
        UserError: the folder's model is no Whisper, or cannot be read.
    """
    try:
        model = WhisperForConditionalGeneration.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"{folder}: transformers cannot read this Whisper: {error}") from error
    config = model.config
    state = {
        _to_ours(name.removeprefix("model.")): values.contiguous()
        for name, values in model.state_dict().items()
        if name != "proj_out.weight"  # the same as the embedding of tokens
    }
    dims = {
        "n_mels": config.num_mel_bins,
        "n_audio_ctx": config.max_source_positions,
        "n_audio_state": config.d_model,
        "n_audio_head": config.encoder_attention_heads,
        "n_audio_layer": config.encoder_layers,
        "n_vocab": config.vocab_size,
        "n_text_ctx": config.max_target_positions,
        "n_text_state": config.d_model,
        "n_text_head": config.decoder_attention_heads,
        "n_text_layer": config.decoder_layers,
    }
    torch.save({"dims": dims, "model_state_dict": state}, checkpoint)


def write_ctranslate2(folder: Path, target: Path) -> None:
    """Write a Whisper folder of transformers as one of CTranslate2, in float16.

    Raises:
        UserError: the folder's model cannot be read.
    """
    try:
        TransformersConverter(str(folder)).convert(str(target), quantization="float16")
        AutoTokenizer.from_pretrained(folder, local_files_only=True).save_pretrained(target / "t")
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"{folder}: CTranslate2 cannot convert this Whisper: {error}") from error
    (target / "t" / "tokenizer.json").rename(target / "tokenizer.json")
    shutil.rmtree(target / "t")
    settings = folder / "preprocessor_config.json"
    if settings.is_file():  # it says how many mel bands there are
        shutil.copy(settings, target)


def _to_theirs(name: str) -> str:
    for ours, theirs in _NAMES:
        name = name.replace(ours, theirs)
    return name


def _to_ours(name: str) -> str:
    name = re.sub(r"coder\.layer_norm\.", lambda _: "coder.LAST.", name)
    for ours, theirs in reversed(_NAMES):
        if "layer_norm." not in theirs and theirs != "layer_norm":
            name = name.replace(theirs, ours)
    return name.replace("encoder.LAST", "encoder.ln_post").replace("decoder.LAST", "decoder.ln")


def _make_config(dims: dict[str, int], special: dict[str, int]) -> WhisperConfig:
    end = special["<|endoftext|>"]
    return WhisperConfig(
        vocab_size=dims["n_vocab"],
        num_mel_bins=dims["n_mels"],
        d_model=dims["n_audio_state"],
        encoder_layers=dims["n_audio_layer"],
        encoder_attention_heads=dims["n_audio_head"],
        encoder_ffn_dim=4 * dims["n_audio_state"],
        decoder_layers=dims["n_text_layer"],
        decoder_attention_heads=dims["n_text_head"],
        decoder_ffn_dim=4 * dims["n_text_state"],
        max_source_positions=dims["n_audio_ctx"],
        max_target_positions=dims["n_text_ctx"],
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        decoder_start_token_id=special["<|startoftranscript|>"],
    )


def _make_generation_config(
    tokenizer: Any, name: str | None, config: WhisperConfig
) -> GenerationConfig:
    """What transformers must know to decode as openai-whisper does."""
    more: dict[str, Any] = {}
    if tokenizer.num_languages and config.vocab_size != ENGLISH_VOCABULARY:
        more["lang_to_id"] = dict(
            zip(
                (f"<|{code}|>" for code in tokenizer.all_language_codes),
                tokenizer.all_language_tokens,
                strict=True,
            )
        )
        more["task_to_id"] = {
            "transcribe": tokenizer.transcribe,
            "translate": tokenizer.translate,
        }
    if name:
        heads = gzip.decompress(base64.b85decode(whisper._ALIGNMENT_HEADS[name]))
        mask = np.frombuffer(heads, dtype=bool).reshape(config.decoder_layers, -1)
        more["alignment_heads"] = np.argwhere(mask).tolist()
    prefix = [tokenizer.transcribe, tokenizer.translate, tokenizer.sot]
    prefix += [tokenizer.sot_prev, tokenizer.sot_lm, tokenizer.no_speech]
    return GenerationConfig(
        bos_token_id=config.bos_token_id,
        eos_token_id=config.eos_token_id,
        pad_token_id=config.pad_token_id,
        decoder_start_token_id=config.decoder_start_token_id,
        is_multilingual=config.vocab_size != ENGLISH_VOCABULARY,
        no_timestamps_token_id=tokenizer.no_timestamps,
        prev_sot_token_id=tokenizer.sot_prev,
        suppress_tokens=sorted({*tokenizer.non_speech_tokens, *prefix}),
        begin_suppress_tokens=[*tokenizer.encoding.encode(" "), tokenizer.eot],
        max_initial_timestamp_index=50,
        max_length=config.max_target_positions,
        return_timestamps=False,
        **more,
    )


def _write_tokenizer(folder: Path, name: str, special: dict[str, int]) -> None:
    """The package's vocabulary, as files that transformers and tokenizers read."""
    assets = Path(whisper.__file__).parent / "assets"
    vocabulary, merges = TikTokenConverter().extract_vocab_merges_from_model(
        str(assets / f"{name}.tiktoken")
    )
    vocabulary |= {"<|endoftext|>": special["<|endoftext|>"]}
    named = sorted(special, key=lambda token: special[token])
    times = [token for token in named if _TIME.fullmatch(token)]
    end = "<|endoftext|>"
    tokenizer = WhisperTokenizer(
        vocab=vocabulary,
        merges=merges,
        pad_token=end,
        extra_special_tokens=[token for token in named if token != end and token not in times],
    )
    # As in the authors' own folders: time tokens are not special.
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in times])
    tokenizer.save_pretrained(folder)
