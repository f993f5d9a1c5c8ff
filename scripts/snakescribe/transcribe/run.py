"""The chunks of a shard -> transcripts under every condition of a pass.

The model is loaded once, and only if something is missing from the store; each batch is encoded
once, and every prompt and decode option is decoded from it. A batch that lacks any row of a
(prompt, decoding) pair is decoded whole for that pair, so that batches are made up the same way
whatever was cached.
"""

import logging
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from snakescribe.devices import take_device
from snakescribe.store import digest
from snakescribe.tables import TRANSCRIPTS, Row, write_table
from snakescribe.transcribe.batches import Batch, plan_batches, plan_waves
from snakescribe.transcribe.engines import Encoded, engine_class
from snakescribe.transcribe.flags import find_flags
from snakescribe.transcribe.journal import Journal
from snakescribe.transcribe.language import choose_languages
from snakescribe.transcribe.prompts import (
    Prompt,
    Rendered,
    known_fields,
    recording_fields,
)
from snakescribe.transcribe.prompts.render import check_fields
from snakescribe.transcribe.provenance import describe_run
from snakescribe.transcribe.reader import read_ahead
from snakescribe.transcribe.session import Session
from snakescribe.transcribe.wanted import Pair, wanted_pairs
from snakescribe.transcribe.work import Work

STEP_VERSION = 3
# Part of the keys of what is kept in the store: another number decodes everything anew.
DECODED_VERSION = 2

logger = logging.getLogger(__name__)


def transcribe_shard(
    corpus: list[Row],
    recordings: list[Row],
    plans: list[Row],
    chunks: list[Row],
    model: dict[str, Any],
    settings: dict[str, Any],
    shard: str,
    gpus: int,
    threads: int,
    store: Path,
    output: Path,
) -> None:
    """Transcribe the chunks of one audio variant of a shard and write the transcripts table.

    Args:
        corpus: all rows of the lock file.
        recordings, plans, chunks: its rows of those tables; `chunks` of the pass's variant.
        model: the receipt of `snakescribe models fetch`.
        settings: a `snakescribe.transcribe.params.PassParams` as plain data.
        gpus: GPUs this job may use; 0 is CPU.
        threads: CPU threads this job may use.
        store: folder of the content-keyed store.
        output: the transcripts table.

    Raises:
        UserError: a prompt names a field that no recording has, and the like.
    """
    items = [row for row in corpus if row["shard"] == shard]
    journal = Journal(store / "transcripts" / f"{settings['name']}.{shard}.jsonl")
    with take_device(gpus) as device:
        session = Session(settings["model"], model, threads, device)
        infos = {row["recording"]: row["info"] for row in recordings}
        fields = {
            item["recording"]: recording_fields(
                item, Path(info) if (info := infos.get(item["recording"])) else None
            )
            for item in items
        }
        prompts = {
            name: Prompt.from_settings(name, one) for name, one in settings["prompts"].items()
        }
        for prompt in prompts.values():
            check_fields(prompt, known_fields(corpus))
        work = Work(
            version=DECODED_VERSION,
            settings=settings,
            prompts=prompts,
            fields=fields,
            languages=choose_languages(items, chunks, settings, session, journal),
            wanted=wanted_pairs(settings, shard, plans, chunks),
            tokenizer=engine_class(settings["model"]["engine"]).load_tokenizer(model["path"]),
            model_sha256=model["sha256"],
            journal=journal,
        )
        rows = _decode_all(chunks, work, session)
    count = write_table(TRANSCRIPTS, output, rows)
    logger.info("%s: %d transcripts, %s", shard, count, session.summary())


def _decode_all(chunks: list[Row], work: Work, session: Session) -> list[Row]:
    """Fill the journal with what is missing, then put the table together from it."""
    pairs = list(dict.fromkeys(pair for wanted in work.wanted.values() for pair in wanted))
    plain = [pair for pair in pairs if not work.prompts[pair.prompt].needs_previous]
    chained = [pair for pair in pairs if work.prompts[pair.prompt].needs_previous]
    rounds = [(chunks, plain)] + [(wave, chained) for wave in plan_waves(chunks) if chained]
    for members, some in rounds:
        for trim in (True, False):
            if now := [pair for pair in some if work.options(pair)["trim_windows"] is trim]:
                _decode_round(members, now, trim, work, session)
    places = [(chunk, pair) for chunk in chunks for pair in work.wanted[chunk["chunk"]]]
    entries = [work.journal.rows[work.places[chunk["chunk"], pair][0]] for chunk, pair in places]
    return [
        _to_row(chunk, pair, work.places[chunk["chunk"], pair][1], entry)
        for (chunk, pair), entry in zip(places, _with_peaks(entries), strict=True)
    ]


def _decode_round(
    chunks: list[Row], pairs: list[Pair], trim: bool, work: Work, session: Session
) -> None:
    """Decode `chunks` under `pairs`, batch by batch, as far as the journal lacks them."""
    batches = plan_batches(chunks, work.settings["model"]["batch_size"], trim)
    missing = [(batch, some) for batch in batches if (some := work.missing(batch, pairs))]
    reading = read_ahead([batch for batch, _ in missing])
    if missing:
        session.load()  # while the first batch is read
    begin = time.perf_counter()
    heard = 0.0
    for number, ((_, some), (batch, audio)) in enumerate(zip(missing, reading, strict=True), 1):
        encoded = session.encode(batch, audio)
        for pair, members in some:
            _decode_pair(encoded, batch, pair, members, work, session)
        heard += sum(encoded.seconds)
        logger.info(
            "batch %d of %d: %d chunks, %d of %d conditions, %.1f x real time so far",
            number,
            len(missing),
            len(batch.chunks),
            len(some),
            len(pairs),
            heard / (time.perf_counter() - begin),
        )


def _decode_pair(
    encoded: Encoded, batch: Batch, pair: Pair, members: list[int], work: Work, session: Session
) -> None:
    """Decode some chunks of a batch under one prompt and decoding, and keep the rows."""
    options = work.options(pair)
    requests = [work.request(batch, index, pair) for index in members]
    decoded = session.load().decode(encoded, requests, options)
    total = sum(encoded.seconds)
    run, memory = session.provenance(), session.memory()
    work.journal.add(
        (
            work.places[batch.chunks[index]["chunk"], pair][0],
            {
                "text": one.text,
                "language": one.language,
                "segments": one.segments,
                "words": one.words,
                "flags": find_flags(one, options),
                "tries": one.tries,
                "feature_seconds": encoded.feature_seconds * encoded.seconds[index] / total,
                "encode_seconds": encoded.encode_seconds * encoded.seconds[index] / total,
                "decode_seconds": one.decode_seconds,
                "run": run,
                "memory": memory,
            },
        )
        for index, one in zip(members, decoded, strict=True)
    )


def _with_peaks(entries: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Entries of the journal -> the same, each with the most memory that its job ever used."""
    peaks: dict[str, dict[str, Any]] = {}
    for entry in entries:
        peak = peaks.setdefault(digest(entry["run"]), {})
        for name, value in entry["memory"].items():
            peak[name] = max(peak.get(name) or 0, value) if value is not None else None
    for entry in entries:
        rest = {key: value for key, value in entry.items() if key != "memory"}
        job = digest(entry["run"])
        yield {**rest, "run": describe_run({"job": job[:32], **entry["run"], **peaks[job]})}


def _to_row(chunk: Row, pair: Pair, rendered: Rendered, entry: dict[str, Any]) -> Row:
    """A journal entry -> a row of the table, on the recording's clock."""
    return {
        **entry,
        "chunk": chunk["chunk"],
        "recording": chunk["recording"],
        "prompt": pair.prompt,
        "decoding": pair.decoding,
        "segments": list(_shifted(entry["segments"], chunk["start"])),
        "words": list(_shifted(entry["words"], chunk["start"])),
        "prompt_text": rendered.text,
        "prompt_tokens": len(rendered.tokens),
        "prompt_kept": list(rendered.kept),
        "prompt_dropped": list(rendered.dropped),
        "prompt_truncated": rendered.truncated,
        "audio_seconds": round(chunk["end"] - chunk["start"], 3),
    }


def _shifted(parts: Iterable[dict[str, Any]], offset: float) -> Iterable[dict[str, Any]]:
    for part in parts:
        yield {
            **part,
            "start": round(part["start"] + offset, 3),
            "end": round(part["end"] + offset, 3),
        }
