"""Every table that passes between the stages: its path, key and columns."""

from dataclasses import replace

from snakescribe.tables.notices import NOTICES
from snakescribe.tables.quality import QUALITY
from snakescribe.tables.schema import Column, Table

_RECORDING = Column("recording", "str", "the recording's id")
_STREAM = Column(
    "recording", "str", "the recording's id; of a channel kept apart `ID.NUMBER`, as in `call.2`"
)
_STATUS = (
    Column("status", "str", "`ok`, or why there is nothing to work on"),
    Column("reason", "str", "the status in words, for a person", optional=True),
)
_SPAN = (
    Column("start", "float", "on the recording's clock", "s"),
    Column("end", "float", "on the recording's clock", "s"),
)

ITEMS = Table(
    name="items",
    description="The lock file of the corpus: its recordings, and the shard that each lies in.",
    path="items.tsv",
    key=("recording",),
    columns=(
        _RECORDING,
        Column("shard", "str", "the shard that works on it; never changes once given"),
        Column("source", "str", "the entry of `recordings` in the config that named it"),
        Column("kind", "str", "`file` or `url`: what `locator` is"),
        Column("locator", "str", "path or URL of the audio"),
        Column("start", "float", "where in the file it begins, if it is a part", "s", True),
        Column("end", "float", "where in the file it ends, if it is a part", "s", True),
        Column("title", "str", "title, where one is known", optional=True),
        Column("language", "str", "language code, where one is known", optional=True),
        Column("speaker", "str", "speaker, where one is known", optional=True),
        Column("reference", "str", "reference transcript as text", optional=True),
        Column("reference_file", "str", "path of a reference transcript", optional=True),
        Column("context", "json", "all other columns of the user's tables, for prompts and strata"),
    ),
)

SOURCES = Table(
    name="sources",
    description="What was asked for recordings: what each list had, and what was taken of it.",
    path="sources.tsv",
    key=("source", "listing"),
    columns=(
        Column("source", "str", "its place in the config, such as `recordings.0`"),
        Column("kind", "str", "kind of source: `folder`, `rss`, ..."),
        Column("listing", "str", "what was asked: a folder, a table, a feed, a playlist"),
        Column(
            "asked_at", "str", "when its site was last asked, UTC; empty: read here", optional=True
        ),
        Column("listed", "int", "entries that it has: taken and skipped ones"),
        Column("taken", "int", "entries that are recordings of the corpus by this listing"),
        Column("skipped", "json", "entries that are not, an object of counts by reason"),
        Column("vanished", "int", "recordings that it no longer lists, but that are kept"),
        Column("status", "str", "`ok`, `empty`, or why it could not be listed, as of a recording"),
        Column("reason", "str", "the status in words, for a person", optional=True),
    ),
    stage="acquire",
)

RECORDINGS = Table(
    name="recordings",
    description="What acquiring a recording gave: the audio as it came, or why there is none.",
    path="recordings/{shard}.tsv",
    key=("recording",),
    columns=(
        _RECORDING,
        *_STATUS,
        Column("audio", "str", "path of the audio as it came", optional=True),
        Column("sha256", "str", "sha256 of that file", optional=True),
        Column("bytes", "int", "size of that file", "bytes", optional=True),
        Column("seconds", "float", "duration that the container states", "s", optional=True),
        Column("format", "str", "id of the format that was chosen, for downloads", optional=True),
        Column("track_language", "str", "language of its sound, where told", optional=True),
        Column("codec", "str", "the sound's codec, as ffmpeg names it", optional=True),
        Column("bit_rate", "float", "mean bit rate of the sound", "kbit/s", optional=True),
        Column("info", "str", "path of the sanitised info.json, for downloads", optional=True),
        Column("captions", "json", "captions found: objects with `path`, `language`, `tier`"),
        Column("retrieved_at", "str", "when it was downloaded: ISO 8601, UTC", optional=True),
    ),
)

AUDIO = Table(
    name="audio",
    description="Recordings as 16 kHz mono in one audio variant.",
    path="audio/{variant}/{shard}.tsv",
    key=("recording",),
    columns=(
        _STREAM,
        *_STATUS,
        Column("audio", "str", "path of the 16 kHz mono FLAC file", optional=True),
        Column("pcm_md5", "str", "MD5 of its samples, as 16-bit integers", optional=True),
        Column("seconds", "float", "decoded duration", "s", optional=True),
        Column("source", "str", "path of the audio as it came", optional=True),
        Column("source_sha256", "str", "sha256 of that file", optional=True),
        Column(
            "wish",
            "json",
            "what was wanted of it: `channel`, `track`, `language`, and whether channels are kept "
            "`apart`",
        ),
        Column("track", "int", "the audio track that was taken, from 0", optional=True),
        Column(
            "channel",
            "str",
            "what was taken of its channels: `mix`, or the name of one",
            optional=True,
        ),
        Column(
            "padded_seconds",
            "float",
            "silence put in before and into the sound, to be on the file's clock",
            "s",
            optional=True,
        ),
        Column(
            "muted_samples",
            "int",
            "moments that held no sound but impossible numbers, muted",
            optional=True,
        ),
        Column("chain", "json", "the variant's filters with all their options"),
        Column("fitted", "json", "what each filter learned of the recording, such as its noise"),
        Column("versions", "json", "of ffmpeg, and of the filters and their packages"),
        Column(
            "gain_db",
            "float",
            "what was turned down at last so that nothing clips",
            "dB",
            optional=True,
        ),
    ),
)

PLANS = Table(
    name="plans",
    description=(
        "The chunk plan: where every variant of a recording is cut. `{cut}` is empty for the "
        "section `chunking`, else the name of an entry of `chunkings` and a slash."
    ),
    path="plans/{cut}{shard}.tsv",
    key=("recording",),
    columns=(
        _STREAM,
        *_STATUS,
        Column("seconds", "float", "duration of the recording", "s", optional=True),
        Column("speech", "json", "speech regions as `[start, end]`", "s"),
        Column(
            "chunks", "json", "chunks as `[start, end]`, at most `max_seconds` long, or whole", "s"
        ),
        Column("cuts", "int", "borders between two chunks that follow each other"),
        Column(
            "loud_cuts",
            "json",
            "the moments of those without a pause where it is as loud as speech",
            "s",
        ),
    ),
)

CHUNKS = Table(
    name="chunks",
    description="The chunks of one audio variant, cut as a plan says.",
    path="chunks/{cut}{variant}/{shard}.tsv",
    key=("chunk",),
    columns=(
        Column("chunk", "str", "id: the recording's id, `-` and a four-digit number from 0000"),
        _STREAM,
        Column("number", "int", "position in the recording, from 0"),
        Column("start", "float", "start on the recording's clock", "s"),
        Column("end", "float", "end on the recording's clock", "s"),
        *QUALITY,
        Column("audio", "str", "path of the chunk's 16 kHz mono FLAC file"),
        Column("pcm_md5", "str", "MD5 of its samples, as 16-bit integers"),
    ),
)

_RUN = (
    Column("job", "str", "the job's id, unlike all others", optional=True),
    Column("engine", "str", "name of the engine", optional=True),
    Column("engine_version", "str", "version of its package", optional=True),
    Column("weights", "str", "name of the weights", optional=True),
    Column("model_sha256", "str", "sha256 of the weights", optional=True),
    Column("compute_type", "str", "number format of the weights while computing", optional=True),
    Column("device", "str", "`cpu`, `cuda`, or the host that was asked", optional=True),
    Column("device_name", "str", "the processor's name", optional=True),
    Column("threads", "int", "CPU threads of the job", optional=True),
    Column("batch_size", "int", "chunks in a batch", "chunks", optional=True),
    Column("load_seconds", "float", "time to load the model", "s", optional=True),
    Column("peak_memory_mb", "int", "most memory that the job used", "MB", optional=True),
    Column("gpu_memory_mb", "int", "most memory of the GPU", "MB", optional=True),
    Column(
        "more", "map of str", "what else the engine tells: versions of libraries", optional=True
    ),
)

TRANSCRIPTS = Table(
    name="transcripts",
    description="What a model said: one row for each chunk, prompt, decoding and repeat of a pass.",
    path="transcripts/{passname}/{shard}.parquet",
    key=("chunk", "prompt", "decoding", "repeat"),
    columns=(
        Column("chunk", "str", "the chunk's id"),
        _STREAM,
        Column("prompt", "str", "name of the prompt in the config"),
        Column("decoding", "str", "name of the decode options in the config"),
        Column("repeat", "int", "which of its `repeats` it is, from 1"),
        Column("text", "str", "the transcript, as the model wrote it"),
        Column("language", "str", "language code: given, or as detected"),
        Column(
            "segments",
            "list of objects",
            "the text in parts",
            fields=(
                *_SPAN,
                Column("text", "str", "what was said, with the spaces around it"),
                Column("tokens", "int", "how many tokens it has", optional=True),
                Column("avg_logprob", "float", "their mean log probability", optional=True),
                Column("no_speech_prob", "float", "that nothing was said", optional=True),
                Column("compression_ratio", "float", "letters to zlib's bytes", optional=True),
                Column("temperature", "float", "it was sampled at", optional=True),
                Column("speaker", "str", "who speaks, if the recogniser tells", optional=True),
            ),
        ),
        Column(
            "words",
            "list of objects",
            "empty unless `word_timestamps`; joined, with their spaces, the text",
            fields=(
                *(replace(column, optional=True) for column in _SPAN),
                Column("text", "str", "a word, or a piece of one, with its punctuation"),
                Column("spaced", "bool", "whether white space stands before it in the text"),
                Column("probability", "float", "the model's, from 0 to 1", optional=True),
            ),
        ),
        Column(
            "flags",
            "list of str",
            "signs of hallucination: `loop`, `compression`, `low_confidence`, `silence`, `cap`, "
            "`fallback`",
        ),
        Column("tries", "int", "temperatures that were tried"),
        Column("prompt_text", "str", "the prompt as the model saw it"),
        Column("prompt_tokens", "int", "its length in the model's tokens", "tokens"),
        Column(
            "prompt_kept",
            "list of str",
            "terms that found a place in the prompt, most valuable first",
        ),
        Column("prompt_dropped", "list of str", "terms that did not"),
        Column("prompt_truncated", "bool", "whether text was cut to the token budget"),
        Column("audio_seconds", "float", "duration of the chunk", "s"),
        Column("feature_seconds", "float", "compute time of the log-mel features", "s"),
        Column("encode_seconds", "float", "compute time of the encoder", "s"),
        Column("decode_seconds", "float", "compute time of the decoder", "s"),
        Column("run", "object", "provenance: the job that decoded it, and with what", fields=_RUN),
    ),
)

EXPORTS = Table(
    name="exports",
    description="Transcripts written as files for other programs.",
    path="exports/{passname}/{shard}.tsv",
    key=("recording", "prompt", "decoding", "repeat", "format"),
    columns=(
        _STREAM,
        Column("prompt", "str", "name of the prompt in the config"),
        Column("decoding", "str", "name of the decode options in the config"),
        Column("repeat", "int", "which of its `repeats` it is, from 1"),
        Column("format", "str", "`txt`, `srt`, `vtt`, `json` or `ctm`"),
        Column("path", "str", "the file"),
    ),
)

LIBRARY = Table(
    name="library",
    description="The files of the library that people browse.",
    path="library/index.tsv",
    key=("path",),
    columns=(
        _RECORDING,
        Column("what", "str", "`audio`, `captions` or `info`"),
        Column("path", "str", "the link or copy, below the library's folder"),
        Column("target", "str", "the file itself"),
    ),
    stage="acquire",
)

TABLES = (ITEMS, SOURCES, RECORDINGS, AUDIO, PLANS, CHUNKS, TRANSCRIPTS, EXPORTS, LIBRARY, NOTICES)
