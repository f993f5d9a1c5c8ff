"""Signs of hallucination in one decoded chunk."""

from typing import Any

from snakescribe.transcribe.engines.protocol import Decoded


def find_flags(decoded: Decoded, options: dict[str, Any]) -> list[str]:
    """A decoded chunk and its decode options -> flags, sorted.

    `loop`: a segment compresses better than the threshold (openai-whisper's rule);
    `low_confidence`: its average log probability is below the threshold;
    `silence`: it was judged to hold no speech; `cap`: the text reached the decoder's length limit;
    `fallback`: the first temperature did not pass.
    """
    flags = set()
    for segment in decoded.segments:
        if segment["compression_ratio"] > options["compression_ratio_threshold"]:
            flags.add("loop")
        if segment["avg_logprob"] < options["logprob_threshold"]:
            flags.add("low_confidence")
    if not decoded.text:
        flags.add("silence")
    if decoded.capped:
        flags.add("cap")
    if decoded.tries > 1:
        flags.add("fallback")
    return sorted(flags)
