"""The kinds of notices: what each means and what to do about it."""

from snakescribe.notices.kind import NoticeKind


class Kind(NoticeKind):
    """What a notice is about."""

    LISTING_FAILED = (
        "listing_failed",
        "A playlist, channel, feed or page could not be listed.",
        "check its address; the next run asks again",
    )
    LOOKUP_FAILED = (
        "lookup_failed",
        "Title, date and description of a recording could not be looked up.",
        "give them in a table under `context`, or leave the recording out",
    )
    RECORDING_MERGED = (
        "recording_merged",
        "Rows with ids of their own name the same audio, which counts once, under the first id.",
        "give each row its own audio, or leave all but one out",
    )
    RECORDING_RENAMED = (
        "recording_renamed",
        "The id that a table gives a recording is another one's, or differs in capitals only.",
        "give each row an id of its own that differs in more than capitals",
    )
    REFERENCE_UNMATCHED = (
        "reference_unmatched",
        "References under `references` belong to no recording that was listed.",
        "name reference files, or the `id` in their table, by the recording's id or path",
    )
    REFERENCE_GUESSED = (
        "reference_guessed",
        "A recording has references in several languages, and its own is not known.",
        "say the recording's `language` in its source or table",
    )
    REFERENCE_MISSING = (
        "reference_missing",
        "A reference that a table or folder should have is not there, or is of an unknown kind.",
        "add it, or leave it: the recording has no WER then",
    )
    CONTEXT_UNMATCHED = (
        "context_unmatched",
        "Rows of a context table belong to no recording.",
        "compare the column `id` with the recordings in items.tsv",
    )
    CONTEXT_AMBIGUOUS = (
        "context_ambiguous",
        "A context provider found several events that fit a recording, and took none.",
        "put the event into a context table",
    )
    EVENT_UNKNOWN = (
        "event_unknown",
        "A context provider does not know the event that a recording names.",
        "check its `event_id`, or the mark {e-ID} in the file's name",
    )
    CONTEXT_UNANSWERED = (
        "context_unanswered",
        "A context provider did not answer; recordings lack its fields.",
        "run snakemake again",
    )
    RECORDING_FAILED = (
        "recording_failed",
        "A recording could not be fetched; it is not transcribed.",
        "see `snakescribe acquire status CONFIG`, which can open it again",
    )
    RECORDING_DOUBTFUL = (
        "recording_doubtful",
        "A recording is taken though its audio is not as long as it should be.",
        "listen to its end, and leave it out if the rest is missing",
    )
    TRACK_DOUBTFUL = (
        "track_doubtful",
        "The sound track of a download may not be what was said: another language, a dub, an "
        "audio description.",
        "listen to it; name another one in `acquire.format`, mend the recording's `language`, or "
        "leave it out",
    )
    FILE_GONE = (
        "file_gone",
        "A file that was acquired is no more where it was.",
        "put it back, or run `snakemake acquire` again",
    )
    CLOCK_FILLED = (
        "clock_filled",
        "Sound begins later than its file, or parts were never sent: silence was put in.",
        "nothing: times are on the file's clock, as captions have them",
    )
    CLOCK_BROKEN = (
        "clock_broken",
        "The clock of a file goes back or jumps; the sound was taken back to back.",
        "compare times late in the recording with its reference",
    )
    TRACKS_LEFT_OUT = (
        "tracks_left_out",
        "A file has several audio tracks; one was taken.",
        "name another one under `track`, of the audio variant or in the recordings' table",
    )
    CHANNELS_LEFT_OUT = (
        "channels_left_out",
        "Not all channels of a recording were taken, or not the one that was asked for.",
        "name another one under `channel`, of the audio variant or in the recordings' table",
    )
    SAMPLES_MUTED = (
        "samples_muted",
        "A recording holds numbers that are no sound; they were muted.",
        "find out what wrote the file",
    )
    CAPTIONS_FAILED = (
        "captions_failed",
        "Captions of a recording could not be fetched or read.",
        "run snakemake again, or give a reference of your own",
    )
    CAPTIONS_MISSING = (
        "captions_missing",
        "A download has no captions in the languages that were asked for, and no other reference.",
        "name other languages in `acquire.caption_languages`, or give a reference of your own",
        False,
    )
    METADATA_MISSING = (
        "metadata_missing",
        "A site that should know a recording does not.",
        "nothing, if the recording was removed there; else check its id",
    )
    METADATA_UNANSWERED = (
        "metadata_unanswered",
        "A site did not tell about all recordings; tables of metadata have gaps.",
        "run snakemake again, tomorrow if a quota is used up",
    )
    SITE_PAUSED = (
        "site_paused",
        "A site refused and was left alone for a while.",
        "ask more slowly: `acquire.requests_per_hour`, `acquire.sleep_seconds`",
        False,
    )
    WEIGHTS_SOURCE_FAILED = (
        "weights_source_failed",
        "One of the sources of a model's weights failed; another gave them, and they are verified.",
        "nothing",
        False,
    )
    SPEECH_LEFT_OUT = (
        "speech_left_out",
        "Some of a recording's speech lies in no chunk, and no model hears it.",
        "nothing, if the chunking means it, as `reference` does; else look at its speech regions",
    )
    PROMPT_EMPTY = (
        "prompt_empty",
        "A prompt has no word for a recording, since the fields that it names are empty there.",
        "check the field's name, and that the context tables have it for every recording",
    )
    PROMPT_FIELD_EMPTY = (
        "prompt_field_empty",
        "A prompt lacks some of the fields that it names for a recording.",
        "check the field's name, and that the context tables have it for every recording",
    )
    PREVIOUS_LEFT_OUT = (
        "previous_left_out",
        "What a chunk said looks like a hallucination; prompts of later chunks leave it out.",
        "nothing, unless there are many",
        False,
    )
    PROMPT_UNREAD = (
        "prompt_unread",
        "Under several prompts a model wrote the same texts to the letter.",
        "see that its engine, or the server behind it, is given the prompt and uses it",
    )
    PROMPT_LADDER = (
        "prompt_ladder",
        "A prompt with another recording's terms does really better than one with the own ones, or "
        "these than the terms that were said.",
        "see by `snakescribe prompts preview` what the prompts say; they change more than names",
    )
    TERMS_AUDIBLE = (
        "terms_audible",
        "Terms that were said are not silenced by `silence_terms`: nobody knows when.",
        "take the times of a condition that writes them, such as one with the terms in its prompt",
    )
    LANGUAGE_UNREADABLE = (
        "language_unreadable",
        "What a table says of a recording's language is none; the model finds out.",
        "write a code such as en, de or zh",
    )
    LANGUAGE_UNSUPPORTED = (
        "language_unsupported",
        "A recording is in a language that the model does not know.",
        "take a multilingual model, or leave the recording out",
    )
    GPU_UNUSED = (
        "gpu_unused",
        "A package has no support for the GPU that its job holds; the CPU computed instead.",
        "install the package's build for CUDA, such as onnxruntime-gpu",
        False,
    )
    MEMORY_SHORT = (
        "memory_short",
        "Memory ran out while decoding; batches were made smaller.",
        "set the model's `batch_size` lower",
        False,
    )
    STORE_DAMAGED = (
        "store_damaged",
        "A part of the store is damaged; what it held is made again.",
        "check the disk if there are more of them",
        False,
    )
    TRANSCRIPT_MISSING = (
        "transcript_missing",
        "A model that is files of transcripts has none of a recording: it has no transcript there.",
        "name the file by the recording's id, as in items.tsv, or by its audio",
    )
    TRANSCRIPT_NAMES = (
        "transcript_names",
        "Names of who speaks stand before what they say in a file of transcripts; left out.",
        "nothing, if that is meant; a name that was said belongs within a line",
    )
    TRANSCRIPT_UNTIMED = (
        "transcript_untimed",
        "A transcript without times was cut at its recording's chunks by alignment.",
        "nothing; files with times are cut more surely",
    )
    ANSWER_UNREADABLE = (
        "answer_unreadable",
        "What an engine, or a file of transcripts, says is not understood; there is no transcript.",
        "mend the engine, remove this pass's tables under transcripts/, and run snakemake again",
    )
    ANSWER_REFUSED = (
        "answer_refused",
        "A server refused a recording or a chunk, which has no transcript: too large, too long.",
        "cut into chunks, or raise its limits; `--forcerun transcribe_chunks` asks again",
    )
    ANSWER_PLAIN = (
        "answer_plain",
        "A server answers with text alone: words have neither times nor confidences.",
        "nothing, unless these matter: then take a model or a server that tells them",
    )
    ANSWER_TOKENS = (
        "answer_tokens",
        "Texts of an engine hold control tokens or thoughts, which nobody said; they are kept.",
        "have the server or program leave them out, as by `skip_special_tokens`",
    )
    ANSWER_MENDED = (
        "answer_mended",
        "Values in an engine's answers cannot be; they count as unknown.",
        "nothing, unless times or confidences matter: then mend the engine",
    )
    TRANSLATION_SCORED = (
        "translation_scored",
        "A translation into English is scored on a recording in another language.",
        "nothing, if that reference is an English one; else these figures mean nothing",
    )
    NORMALIZER_LANGUAGE = (
        "normalizer_language",
        "A normaliser does not suit a recording's language, or nobody knows the language.",
        "put another one first in `scoring.normalizers`, such as auto",
    )
    REFERENCE_DAMAGED = (
        "reference_damaged",
        "Parts of a reference are damaged; words heard there count as insertions.",
        "mend the file",
    )
    REFERENCE_MARKS = (
        "reference_marks",
        "A reference has more than words: sounds, names, other tiers, all left out; alternatives.",
        "nothing, if that is meant; `scoring.marks` says what counts as words",
        False,
    )
    REFERENCE_UNLIKE = (
        "reference_unlike",
        "A reference is not what any condition heard: it may be another recording's, or of a part.",
        "listen to it, and mend the reference or leave the recording out",
    )
    REFERENCE_MISREAD = (
        "reference_misread",
        "Letters of a reference are broken: it was once read in a wrong encoding, and saved so.",
        "mend the file: `iconv -f UTF-8 -t cp1252` undoes it where nothing is lost",
    )
    REFERENCE_UNREADABLE = (
        "reference_unreadable",
        "A reference cannot be read.",
        "mend the file; docs/evaluate.md says which kinds there are",
    )
    REFERENCE_CORRECTED = (
        "reference_corrected",
        "Words of references are corrected by the tables of `scoring.corrections`.",
        "nothing; mend the references themselves where others use them too",
    )
    CORRECTION_UNFIT = (
        "correction_unfit",
        "A row of `scoring.corrections` fits nowhere in its reference, or in several places.",
        "mend the row: its words as the reference has them, and enough of them",
    )
    NOT_SCORED = (
        "not_scored",
        "A recording, or a part of one, has no reference that counts and is not scored.",
        "give it a reference, or leave it out of the study",
    )
    REFERENCE_UNTIMED = (
        "reference_untimed",
        "A reference without times was cut for random groups, which is less sure than with times.",
        "give references with times, or compare conditions on the same chunks",
    )
    REFERENCE_OF_OTHERS = (
        "reference_of_others",
        "A scoring file has lines of several recordings, and none is named as this one.",
        "name the recording in the first field of its lines",
    )
    FIELD_UNKNOWN = (
        "field_unknown",
        "A field that scoring names is in no recording.",
        "check its name, and that the context tables have it",
    )
    SPEAKERS_UNKNOWN = (
        "speakers_unknown",
        "Recordings are named like utterances of a corpus, and no table says who speaks.",
        "give the table a column `speaker`, or name another field in `scoring.bootstrap_unit`",
    )
    SPEAKERS_FEW = (
        "speakers_few",
        "Recordings are of one or two speakers, too few to speak of other speakers.",
        "add recordings of others, or say whose speech the findings are about",
    )
    UNIT_UNKNOWN = (
        "unit_unknown",
        "A recording lacks the field that is resampled by, and counts as a unit of its own.",
        "fill the field in the table, or name another one in `scoring.bootstrap_unit`",
    )
    VOTERS_ALIKE = (
        "voters_alike",
        "Models wrote the same words in every chunk; where engines vote they have one vote.",
        "leave out models that are copies of another one",
    )
    CHUNKS_UNPAIRED = (
        "chunks_unpaired",
        "Some conditions lack chunks that others have; comparisons leave these out.",
        "see which recordings failed: `snakescribe status CONFIG`",
    )
    TEXT_CHANGED = (
        "text_changed",
        "Texts held characters that Postgres cannot store; they were removed.",
        "look for the damaged files, if these texts matter",
    )
    FOLDER_OPENED = (
        "folder_opened",
        "A folder was opened for other users to pass, for the database server.",
        "keep the results in a folder that need not be opened, or use a server of your own",
        False,
    )
    CLIP_MISSING = (
        "clip_missing",
        "A report lacks a sound, since the chunk's file cannot be read.",
        "run snakemake again if the file is gone",
        False,
    )
    PICTURE_MISSING = (
        "picture_missing",
        "A report lacks the picture of one of its hardest recordings.",
        "run snakemake again if a file is gone",
        False,
    )


KINDS = {str(kind): kind for kind in Kind}
