"""openai-whisper's rules for trying again at a higher temperature."""

from typing import TYPE_CHECKING, Any

from snakescribe.transcribe.engines.protocol import Options

if TYPE_CHECKING:
    from faster_whisper.tokenizer import Tokenizer


def judge_result(
    result: Any, temperature: float, tokenizer: "Tokenizer", options: Options
) -> dict[str, Any]:
    """One search result -> its figures, and whether it passes (openai-whisper's rules)."""
    from faster_whisper.transcribe import get_compression_ratio

    tokens = result.sequences_ids[0]
    # CTranslate2 divides by length ** penalty; openai-whisper's figure counts the end token too.
    avg_logprob = result.scores[0] * len(tokens) ** options["length_penalty"] / (len(tokens) + 1)
    ratio = get_compression_ratio(tokenizer.decode(tokens).strip())
    low = avg_logprob < options["logprob_threshold"]
    silent = low and result.no_speech_prob > options["no_speech_threshold"]
    looped = ratio > options["compression_ratio_threshold"]
    return {
        "tokens": tokens,
        "avg_logprob": avg_logprob,
        "no_speech_prob": result.no_speech_prob,
        "temperature": temperature,
        "looped": looped,
        "passed": silent or not (low or looped),
    }


def choose_result(tried: list[dict[str, Any]]) -> dict[str, Any]:
    """The last result if it passed, else the most probable one, those without loops first."""
    best = tried[-1]
    if not best["passed"]:
        calm = [one for one in tried if not one["looped"]]
        best = max(calm or tried, key=lambda one: one["avg_logprob"])
    return {**best, "tries": len(tried)}
