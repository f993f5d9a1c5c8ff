"""The chunks of a shard -> transcripts under every condition of a pass.

The model is loaded once, and only if something is missing from the store; each batch is encoded
once, and every prompt and decode option is decoded from it. What is to be decoded is planned in
`work`; here it is done.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from snakescribe.config.controls import ORACLE
from snakescribe.config.transcribe import Decoding
from snakescribe.devices import take_device
from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.paths import is_file
from snakescribe.store import file_sha256
from snakescribe.tables import TRANSCRIPTS, Row, write_table
from snakescribe.transcribe.engines import (
    Decoded,
    Encoded,
    InterruptedDecodingError,
    Receipt,
    engine_class,
)
from snakescribe.transcribe.inputs import Resources, ShardInputs
from snakescribe.transcribe.journal import Journal, open_journal
from snakescribe.transcribe.language import choose_languages
from snakescribe.transcribe.overlap import merge_rows
from snakescribe.transcribe.pace import Pace
from snakescribe.transcribe.params import PassParams
from snakescribe.transcribe.prompts import (
    PromptRenderer,
    PromptTemplate,
    asks_for_lists,
    check_fields,
    fields_by_recording,
    known_fields,
    read_term_lists,
    unknown_fields,
)
from snakescribe.transcribe.prompts.empty import notify_of_empty_fields
from snakescribe.transcribe.reader import Reading, read_ahead
from snakescribe.transcribe.rows import to_journal_row, to_rows
from snakescribe.transcribe.session import Session
from snakescribe.transcribe.telling import (
    may_be_handed_on,
    tell_faults,
    tell_kept_back,
    tell_plain,
    tell_tokens,
)
from snakescribe.transcribe.wanted import Pair, wanted_pairs
from snakescribe.transcribe.weights.verify import check_small_files
from snakescribe.transcribe.work import BatchPlan, Place, Task, Work

STEP_VERSION = 12
# Part of the keys of what is kept in the store: another number decodes everything anew.
DECODED_VERSION = 2

logger = logging.getLogger(__name__)


def transcribe_shard(
    inputs: ShardInputs,
    params: PassParams,
    receipt: Receipt,
    resources: Resources,
    store: Path,
    output: Path,
) -> None:
    """Transcribe the chunks of one audio variant of a shard and write the transcripts table.

    Args:
        inputs: the shard's tables.
        params: the pass: its model, prompts, decode options and conditions.
        receipt: what `snakescribe models fetch` wrote of the weights.
        resources: what this job may use.
        store: folder of the content-keyed store.
        output: the transcripts table.

    Raises:
        UserError: a prompt names a field that no recording has, and the like.
    """
    with (
        open_journal(store / "transcripts" / f"{params.name}.{inputs.shard}.jsonl") as journal,
        take_device(resources.gpus) as device,
    ):
        check_small_files(receipt, params.model.engine)
        session = Session(params.model, receipt, resources.threads, device, params.whole)
        session.allow_probe(store / "batch_sizes", resources.room)
        engine = engine_class(params.model.engine)
        tokenizer = engine.load_tokenizer(receipt["path"])
        fields = fields_by_recording(inputs.items, inputs.recordings)
        prompts = _read_prompts(inputs, params)
        wanted = wanted_pairs(params, inputs.shard, inputs.plans, inputs.chunks)
        notify_of_empty_fields(prompts, fields, inputs.chunks, wanted)
        languages = choose_languages(
            inputs.items, inputs.chunks, params, session, journal, inputs.mend
        )
        work = Work(
            version=DECODED_VERSION,
            params=params,
            model_sha256=receipt["sha256"],
            prompts=PromptRenderer(prompts, fields, tokenizer),
            languages=languages,
            wanted=_in_known_languages(wanted, inputs.chunks, params, languages),
            sources={row["recording"]: row["audio"] or "" for row in inputs.recordings},
            hears_passage=engine.hears_passage(params.model),
        )
        tasks = _decode_missing(work, inputs, session, journal)
    ordered = [
        tasks[place]
        for chunk in inputs.chunks
        for pair in work.wanted[chunk["chunk"]]
        if (place := Place(chunk["chunk"], pair)) in tasks  # else its answer was bad
    ]
    kept = {task.key: journal.decoded(task.key) for task in ordered}
    tell_faults(ordered, kept)
    tell_plain(params, kept.values())
    tell_tokens(params, kept.values())
    tell_kept_back(ordered, kept, work.prompts)
    rows = merge_rows(to_rows(ordered, kept), inputs.chunks)
    count = write_table(TRANSCRIPTS, output, rows)
    logger.info("%s: %d transcripts, %s", inputs.shard, count, session.summary())


def _in_known_languages(
    wanted: Mapping[str, tuple[Pair, ...]],
    chunks: Sequence[Row],
    params: PassParams,
    languages: Mapping[tuple[str, str], str],
) -> dict[str, tuple[Pair, ...]]:
    """What is wanted of each chunk -> the same without what is in a language that is not known."""
    return {
        chunk["chunk"]: tuple(
            pair
            for pair in wanted[chunk["chunk"]]
            if (chunk["recording"], params.decoding[pair.decoding].language) in languages
        )
        for chunk in chunks
    }


def _read_prompts(inputs: ShardInputs, params: PassParams) -> dict[str, PromptTemplate]:
    """The prompts of a pass, checked against the fields that the corpus has."""
    lists = None
    if params.lists:
        said = inputs.items if asks_for_lists(params.prompts.values(), ORACLE) else []
        terms, tiers = params.lists.terms, params.lists.tiers
        lists = read_term_lists(inputs.corpus, said, inputs.recordings, terms, tiers)
    prompts = {
        name: PromptTemplate.from_section(name, section, lists)
        for name, section in params.prompts.items()
    }
    own = known_fields(inputs.items)
    for prompt in prompts.values():
        # A field that none of the shard's recordings has may be one of other shards.
        whole = prompt.control or any(unknown_fields(prompt.template, prompt.where, own))
        check_fields(prompt, known_fields(inputs.corpus) if whole else own)
    return prompts


def _decode_missing(
    work: Work, inputs: ShardInputs, session: Session, journal: Journal
) -> dict[Place, Task]:
    """Decode, round by round, what the journal lacks -> the task of every row that there is.

    Raises:
        UserError: not one answer could be understood.
    """
    tasks: dict[Place, Task] = {}
    failures: list[str] = []
    texts: dict[Place, str] = {}
    pace = Pace(sum(map(len, work.wanted.values())))
    for planned in work.rounds(inputs.chunks):
        plans = [work.plan_batch(batch, planned.pairs, texts) for batch in planned.batches]
        _adopt_former(plans, work, journal)
        lacking = [plan.lacking(journal, session.chunks_apart) for plan in plans]
        wanting = [pair for pair in zip(plans, lacking, strict=True) if pair[1].tasks]
        pace.skip(sum(plan.count for plan in plans) - sum(plan.count for plan in lacking))
        with read_ahead([plan.batch for plan, _ in wanting], inputs.mend) as reading:
            failures += _decode_batches(wanting, reading, pace, work, session, journal)
        for task in (task for plan in plans for part in plan.tasks.values() for task in part):
            if task.key in journal:
                tasks[task.place] = task
                decoded = journal.decoded(task.key)
                if may_be_handed_on(decoded):
                    texts[task.place] = decoded["text"]
    if failures and not tasks:
        raise UserError(f"not one answer could be understood; {failures[0]}")
    return tasks


def _adopt_former(plans: Sequence[BatchPlan], work: Work, journal: Journal) -> None:
    """Take over what an earlier version of the package decoded and kept under keys of its own."""
    tasks = [task for plan in plans for part in plan.tasks.values() for task in part]
    lacking = [task for task in tasks if task.key not in journal] if len(journal) else []
    files = {task.chunk["audio"] for task in lacking if is_file(task.chunk["audio"])}
    sha256 = {path: file_sha256(Path(path)) for path in files}
    journal.adopt(
        {
            task.key: work.former_key(task, sha256[task.chunk["audio"]])
            for task in lacking
            if task.chunk["audio"] in sha256
        }
    )


def _decode_batches(
    plans: Sequence[tuple[BatchPlan, BatchPlan]],
    reading: Reading,
    pace: Pace,
    work: Work,
    session: Session,
    journal: Journal,
) -> list[str]:
    """Encode each batch once and decode all that is wanted of it; each pair goes to the journal.

    Plans are all of a batch, and what the journal lacks of it.

    Returns why answers could not be understood, of which the journal has nothing.
    """
    failures: list[str] = []
    if plans:
        session.load()  # while the first batch is read
    pace.begin()
    for number, ((whole, plan), (batch, audio)) in enumerate(zip(plans, reading, strict=True), 1):
        which = f"batch {number} of {len(plans)}"
        encoded = session.encode(batch, audio)
        for pair, tasks in plan.tasks.items():
            lengths = {} if whole.leads(pair) else whole.likely_tokens(journal)
            failures += _decode(encoded, tasks, lengths, work.options(pair), session, journal)
            pace.decoded(which, batch, len(tasks))
        pace.heard(which, batch, sum(encoded.seconds))
    return failures


def _decode(
    encoded: Encoded,
    tasks: Sequence[Task],
    lengths: Mapping[int, int],
    options: Decoding,
    session: Session,
    journal: Journal,
) -> list[str]:
    """Decode chunks of a batch under one prompt and decoding into the journal -> the failures.

    Args:
        encoded: the batch.
        tasks: what is wanted of it.
        lengths: how many tokens the texts are likely to have, by place in the batch, where known.
        options: the decode options.
        session: the engine.
        journal: where rows are kept.

    Raises:
        UserError: the engine cannot go on; what it decoded before is kept.
    """
    interruption: InterruptedDecodingError | None = None
    results: Sequence[Decoded | None]
    requests = [task.request(lengths.get(task.member)) for task in tasks]
    try:
        results = session.decode(encoded, requests, options)
    except InterruptedDecodingError as error:
        interruption, results = error, error.results
    state = session.state()
    rows, failures = [], []
    for task, decoded in zip(tasks, results, strict=True):
        if decoded is None:
            continue
        if decoded.failure:
            recording = task.chunk["recording"]
            kind = Kind.ANSWER_REFUSED if decoded.refused else Kind.ANSWER_UNREADABLE
            notify(kind, decoded.failure, recording=recording)
            failures.append(f"{recording}: {decoded.failure}")
        else:
            rows.append((task.key, to_journal_row(decoded, encoded, task.member, options, state)))
    journal.add(rows)
    if interruption:
        raise interruption
    return failures
