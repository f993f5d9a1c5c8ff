"""Tokens of the decoder -> segments on the chunk's clock."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from snakescribe.transcribe.engines.fallback import Attempt, compression_ratio
from snakescribe.transcribe.engines.protocol import Decoded, Options

SECONDS_PER_TIME_TOKEN = 0.02


class Piece(NamedTuple):
    """A stretch of text tokens between time tokens."""

    start: float
    end: float
    tokens: tuple[int, ...]


def split_at_times(tokens: Sequence[int], first_time: int, seconds: float) -> list[Piece]:
    """Tokens of one chunk -> its pieces; without time tokens, one that is as long as the chunk.

    Args:
        first_time: id of the token for 0.00 s; ids above it count in 0.02 s.
        seconds: length of the chunk; no time lies beyond it.
    """
    pieces: list[Piece] = []
    start, text = 0.0, []
    for token in tokens:
        if token < first_time:
            text.append(token)
            continue
        time = min((token - first_time) * SECONDS_PER_TIME_TOKEN, seconds)
        if text:
            pieces.append(Piece(start, max(start, time), tuple(text)))
        start, text = max(start, time), []
    if text:
        pieces.append(Piece(start, seconds, tuple(text)))
    return pieces


def to_decoded(
    best: Attempt,
    language: str,
    seconds: float,
    options: Options,
    first_time: int,
    detokenize: Callable[[Sequence[int]], str],
) -> Decoded:
    """The attempt that was chosen -> a result without words; no text if it counts as silent.

    Args:
        seconds: length of the chunk.
        first_time: id of the token for 0.00 s.
        detokenize: text tokens -> text.
    """
    silent = best.is_silent(options)
    pieces = [] if silent else split_at_times(best.tokens, first_time, seconds)
    texts = [detokenize(piece.tokens) for piece in pieces]
    return Decoded(
        text="" if silent else best.text,
        language=language,
        segments=[
            {
                "start": piece.start,
                "end": piece.end,
                "text": text,
                "tokens": len(piece.tokens),
                "avg_logprob": best.avg_logprob,
                "no_speech_prob": best.no_speech_prob,
                "compression_ratio": compression_ratio(text.strip()),
                "temperature": best.temperature,
            }
            for piece, text in zip(pieces, texts, strict=True)
        ],
        tries=best.tries,
        capped=best.capped,
    )


def text_tokens(best: Attempt, options: Options, first_time: int) -> list[int]:
    """The tokens of an attempt that are text, for alignment; none if it counts as silent."""
    silent = best.is_silent(options)
    return [] if silent else [token for token in best.tokens if token < first_time]
