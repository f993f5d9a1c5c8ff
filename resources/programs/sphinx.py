"""PocketSphinx as a program that stays (docs/transcribe.md): a line of JSON in, a line of JSON out.

`pip install pocketsphinx==5.1.1` brings its model of American English along. It hears words with
their times; it is weak, and thereby the arm of a comparison that every other one should beat.
"""

import json
import sys
import wave

from pocketsphinx import Decoder

FRAMES_PER_SECOND = 100


def recognise(decoder: Decoder, path: str) -> dict:
    """A 16 kHz mono WAV file -> its text and words; silence and noise are no words."""
    with wave.open(path) as file:
        samples = file.readframes(file.getnframes())
    decoder.reinit_feat()  # what it learnt of the chunk before would change this one's text
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    decoder.end_utt()
    words = [
        {
            "word": part.word.partition("(")[0],  # `the(2)` is a way to say `the`
            "start": part.start_frame / FRAMES_PER_SECOND,
            "end": (part.end_frame + 1) / FRAMES_PER_SECOND,
        }
        for part in decoder.seg() or ()
        if part.word[0] not in "<["
    ]
    return {"text": " ".join(word["word"] for word in words), "language": "en", "words": words}


def main() -> None:
    """Load the model once, and answer until there is nothing more to be asked."""
    decoder = Decoder(samprate=16000, loglevel="ERROR")
    for line in sys.stdin:
        question = json.loads(line)
        answer = recognise(decoder, question["audio"])
        print(json.dumps({"id": question["id"], **answer}), flush=True)


main()
