"""Signs of hallucination in one decoded chunk."""

from snakescribe.config.transcribe import Decoding
from snakescribe.transcribe.engines.protocol import Decoded

LONGEST_LOOP = 8  # words
ROUNDS = 4  # the same words so many times in a row are a loop


def find_flags(decoded: Decoded, options: Decoding) -> list[str]:
    """A decoded chunk and its decode options -> flags, sorted.

    `compression`: a segment compresses better than the threshold (openai-whisper's rule);
    `loop`: one to eight words stand at least four times in a row;
    `low_confidence`: a segment's average log probability is below the threshold;
    `silence`: there is no text; `cap`: the text reached the decoder's length limit;
    `fallback`: the first temperature did not pass.
    """
    flags = set()
    for segment in decoded.segments:
        if segment["compression_ratio"] > options.compression_ratio_threshold:
            flags.add("compression")
        if (segment["avg_logprob"] or 0.0) < options.logprob_threshold:
            flags.add("low_confidence")
    if has_loop(decoded.text.lower().split()):
        flags.add("loop")
    if not decoded.text:
        flags.add("silence")
    if decoded.capped:
        flags.add("cap")
    if decoded.tries > 1:
        flags.add("fallback")
    return sorted(flags)


def has_loop(words: list[str]) -> bool:
    """Whether some run of one to eight words stands at least four times in a row."""
    for length in range(1, LONGEST_LOOP + 1):
        same = 0
        for index in range(length, len(words)):
            same = same + 1 if words[index] == words[index - length] else 0
            if same == length * (ROUNDS - 1):
                return True
    return False
