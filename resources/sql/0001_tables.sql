-- Tables of results. A corpus is one results folder; several may share a database.
-- Runs on PostgreSQL 14 and later.

create table corpora (
    corpus text primary key,
    folder text not null
);
comment on table corpora is 'One row for each results folder that was loaded.';
comment on column corpora.corpus is 'The results folder as the config names it; first part of every key.';
comment on column corpora.folder is 'Absolute path of that folder when it was last loaded.';

create table recordings (
    corpus text not null references corpora on delete cascade,
    recording text not null,
    shard text not null,
    source text not null,
    kind text not null,
    locator text not null,
    title text,
    language text,
    speaker text,
    reference text,
    reference_file text,
    context jsonb not null,
    stage text not null,
    status text not null,
    reason text,
    path text,
    sha256 text,
    bytes bigint,
    seconds double precision,
    captions jsonb not null,
    primary key (corpus, recording)
);
create index recordings_status on recordings (status) where status <> 'ok';
create index recordings_context on recordings using gin (context);
comment on table recordings is 'Every recording of a corpus, those that failed included.';
comment on column recordings.recording is 'The recording''s id, unique in its corpus.';
comment on column recordings.shard is 'The group of recordings that one job works on.';
comment on column recordings.source is 'The entry of `recordings` in the config that named it.';
comment on column recordings.kind is '`file` or `url`: what `locator` is.';
comment on column recordings.locator is 'Path or URL of the audio.';
comment on column recordings.reference is 'Reference transcript given as text.';
comment on column recordings.reference_file is 'Path of the reference transcript.';
comment on column recordings.context is 'All other columns of the user''s tables: teams, players, ...';
comment on column recordings.stage is 'The stage that gave the status: acquire or process.';
comment on column recordings.status is '`ok`, or why there is nothing to transcribe.';
comment on column recordings.reason is 'The status in words.';
comment on column recordings.path is 'Path of the audio as it came.';
comment on column recordings.sha256 is 'SHA-256 of that file.';
comment on column recordings.bytes is 'Size of that file in bytes.';
comment on column recordings.seconds is 'Duration in seconds.';
comment on column recordings.captions is 'Captions found: objects with `path`, `language`, `tier`.';

create table audio_files (
    corpus text not null,
    audio text not null,
    recording text not null,
    status text not null,
    reason text,
    path text,
    sha256 text,
    seconds double precision,
    primary key (corpus, audio, recording),
    foreign key (corpus, recording) references recordings on delete cascade
);
create index audio_files_recording on audio_files (corpus, recording);
comment on table audio_files is 'Recordings as 16 kHz mono: one row for each recording and audio variant.';
comment on column audio_files.audio is 'Name of the audio variant.';
comment on column audio_files.status is '`ok`, or why this variant is missing.';
comment on column audio_files.reason is 'The status in words.';
comment on column audio_files.path is 'Path of the FLAC file.';
comment on column audio_files.sha256 is 'SHA-256 of that file.';
comment on column audio_files.seconds is 'Decoded duration in seconds.';

create table chunks (
    corpus text not null,
    audio text not null,
    chunk text not null,
    recording text not null,
    number integer not null,
    start_seconds double precision not null,
    end_seconds double precision not null,
    speech_seconds double precision not null,
    snr_db double precision,
    path text not null,
    sha256 text not null,
    primary key (corpus, audio, chunk),
    foreign key (corpus, recording) references recordings on delete cascade
);
create index chunks_recording on chunks (corpus, recording);
comment on table chunks is 'What was transcribed: one row for each chunk and audio variant.';
comment on column chunks.audio is 'Name of the audio variant.';
comment on column chunks.chunk is 'The chunk''s id, the same in all variants: they are cut at the same places.';
comment on column chunks.number is 'Position in the recording, from 0.';
comment on column chunks.start_seconds is 'Start on the recording''s clock, in seconds.';
comment on column chunks.end_seconds is 'End on the recording''s clock, in seconds.';
comment on column chunks.speech_seconds is 'Seconds of speech inside.';
comment on column chunks.snr_db is 'Ratio of speech to pause energy in this variant, in dB.';
comment on column chunks.path is 'Path of the chunk''s 16 kHz mono FLAC file.';
comment on column chunks.sha256 is 'SHA-256 of that file.';

create table experiments (
    corpus text not null references corpora on delete cascade,
    experiment text not null,
    question text not null,
    design text not null,
    seed bigint not null,
    factors jsonb not null,
    baseline text not null,
    normalizer text not null,
    chunking jsonb not null,
    scoring jsonb not null,
    settings jsonb not null,
    config_digest text not null,
    primary key (corpus, experiment)
);
comment on table experiments is 'The experiments of a corpus as their config describes them.';
comment on column experiments.question is 'The question in words.';
comment on column experiments.design is '`factorial`, `listed` (every chunk under every condition) or `random_groups` (one each).';
comment on column experiments.seed is 'Seed of the random assignment.';
comment on column experiments.factors is 'The levels of the factors that vary.';
comment on column experiments.baseline is 'The condition that the others are compared with.';
comment on column experiments.normalizer is 'The leading text normaliser: that of `condition_scores` and `comparisons`.';
comment on column experiments.chunking is 'How recordings were cut.';
comment on column experiments.scoring is 'How transcripts were compared with references.';
comment on column experiments.settings is 'All that the results depend on, every default filled in.';
comment on column experiments.config_digest is 'SHA-256 of `settings`.';

create table conditions (
    corpus text not null,
    experiment text not null,
    condition text not null,
    position integer not null,
    is_baseline boolean not null,
    model text not null,
    audio text not null,
    prompt text not null,
    decoding text not null,
    model_options jsonb not null,
    audio_filters jsonb not null,
    prompt_options jsonb not null,
    decode_options jsonb not null,
    primary key (corpus, experiment, condition),
    foreign key (corpus, experiment) references experiments on delete cascade
);
comment on table conditions is 'The conditions of an experiment: one level of each factor.';
comment on column conditions.position is 'Place in the experiment''s list, from 0.';
comment on column conditions.model is 'Name of the model in the config.';
comment on column conditions.audio is 'Name of the audio variant in the config.';
comment on column conditions.prompt is 'Name of the prompt in the config.';
comment on column conditions.decoding is 'Name of the decode options in the config.';
comment on column conditions.model_options is 'What that model is: engine, weights, compute type.';
comment on column conditions.audio_filters is 'The chain of filters that makes that variant.';
comment on column conditions.prompt_options is 'That prompt''s template and terms.';
comment on column conditions.decode_options is 'Those decode options: beams, temperatures, thresholds, ...';

create table runs (
    corpus text not null,
    experiment text not null,
    run text not null,
    model text not null,
    audio text not null,
    engine text,
    engine_version text,
    weights text,
    model_sha256 text,
    compute_type text,
    device text,
    threads integer,
    batch_size integer,
    load_seconds double precision,
    peak_memory_mb double precision,
    settings jsonb not null,
    details jsonb not null,
    config_digest text not null,
    loaded_by text not null,
    libraries jsonb not null,
    primary key (corpus, experiment, run),
    foreign key (corpus, experiment) references experiments on delete cascade
);
create index runs_model_sha256 on runs (model_sha256);
comment on table runs is 'Provenance: which weights, on what, made the transcriptions.';
comment on column runs.run is 'Digest of what stands in `model`, `audio` and `details`.';
comment on column runs.model_sha256 is 'SHA-256 of the model''s weights.';
comment on column runs.compute_type is 'Number format of the weights while computing.';
comment on column runs.device is '`cpu` or `cuda`, as the engine reports it.';
comment on column runs.load_seconds is 'Seconds to load the model.';
comment on column runs.peak_memory_mb is 'Peak memory in MB.';
comment on column runs.settings is 'What the config says of the model.';
comment on column runs.details is 'All that the transcription job recorded of itself.';
comment on column runs.config_digest is 'SHA-256 of the experiment''s settings.';
comment on column runs.loaded_by is 'Version of snakescribe that loaded the rows.';
comment on column runs.libraries is 'Versions of the libraries beside it.';

create table transcriptions (
    transcription uuid primary key,
    corpus text not null,
    experiment text not null,
    condition text not null,
    recording text not null,
    audio text not null,
    chunk text not null,
    text text not null,
    language text not null,
    flags jsonb not null,
    audio_seconds double precision not null,
    feature_seconds double precision not null,
    encode_seconds double precision not null,
    decode_seconds double precision not null,
    run text not null,
    unique (corpus, experiment, condition, chunk),
    foreign key (corpus, experiment, condition) references conditions on delete cascade,
    foreign key (corpus, experiment, run) references runs,
    foreign key (corpus, audio, chunk) references chunks on delete cascade
);
create index transcriptions_chunk on transcriptions (corpus, audio, chunk);
create index transcriptions_run on transcriptions (corpus, experiment, run);
create index transcriptions_recording on transcriptions (corpus, recording);
create index transcriptions_words on transcriptions using gin (to_tsvector('simple', text));
create index transcriptions_flags on transcriptions using gin (flags);
comment on table transcriptions is 'What a model said: one row for each chunk and condition.';
comment on column transcriptions.transcription is 'Id made from corpus, experiment, condition and chunk: the same in every database.';
comment on column transcriptions.text is 'The transcript as the model wrote it, not normalised.';
comment on column transcriptions.language is 'Language code: given, or as detected.';
comment on column transcriptions.flags is 'Signs of hallucination: `loop`, `low_confidence`, `silence`, `cap`, ...';
comment on column transcriptions.audio_seconds is 'Duration of the chunk in seconds.';
comment on column transcriptions.feature_seconds is 'Compute time of the log-mel features in seconds.';
comment on column transcriptions.encode_seconds is 'Compute time of the encoder in seconds.';
comment on column transcriptions.decode_seconds is 'Compute time of the decoder in seconds.';

create table prompts (
    transcription uuid primary key references transcriptions on delete cascade,
    prompt text not null,
    text text not null,
    tokens integer not null,
    kept jsonb not null,
    dropped jsonb not null,
    truncated boolean not null
);
comment on table prompts is 'Prompts as rendered: one row for each transcription, empty ones included.';
comment on column prompts.prompt is 'Name of the prompt in the config.';
comment on column prompts.text is 'The prompt as the model saw it.';
comment on column prompts.tokens is 'Its length in the model''s tokens.';
comment on column prompts.kept is 'Terms that found a place, most valuable first.';
comment on column prompts.dropped is 'Terms that did not.';
comment on column prompts.truncated is 'Whether text was cut to the token budget.';

create table segments (
    transcription uuid not null references transcriptions on delete cascade,
    number integer not null,
    start_seconds double precision,
    end_seconds double precision,
    text text not null,
    tokens integer,
    avg_logprob double precision,
    no_speech_prob double precision,
    compression_ratio double precision,
    temperature double precision,
    primary key (transcription, number)
);
comment on table segments is 'The segments of a transcription, in order.';
comment on column segments.number is 'Position in the transcription, from 0.';
comment on column segments.start_seconds is 'Start on the recording''s clock, in seconds.';
comment on column segments.end_seconds is 'End on the recording''s clock, in seconds.';
comment on column segments.tokens is 'Number of tokens.';
comment on column segments.avg_logprob is 'Mean log probability of the tokens.';
comment on column segments.no_speech_prob is 'Probability that there is no speech.';
comment on column segments.compression_ratio is 'Length of the text over its compressed length; high is a loop.';
comment on column segments.temperature is 'Sampling temperature that was accepted; 0 is none.';

create table words (
    transcription uuid not null references transcriptions on delete cascade,
    number integer not null,
    start_seconds double precision,
    end_seconds double precision,
    text text not null,
    probability double precision,
    primary key (transcription, number)
);
create index words_text on words using hash (lower(text));
comment on table words is 'The words of a transcription with their times, in order; empty unless `word_timestamps`.';
comment on column words.number is 'Position in the transcription, from 0.';
comment on column words.start_seconds is 'Start on the recording''s clock, in seconds.';
comment on column words.end_seconds is 'End on the recording''s clock, in seconds.';
comment on column words.text is 'The word without the spaces around it.';
comment on column words.probability is 'Mean probability of its tokens.';

create table scores (
    corpus text not null,
    experiment text not null,
    condition text not null,
    chunk text not null,
    normalizer text not null,
    recording text not null,
    tier text,
    reference text,
    hypothesis text,
    words bigint,
    hits bigint,
    substitutions bigint,
    deletions bigint,
    insertions bigint,
    characters bigint,
    character_errors bigint,
    audio_seconds double precision,
    compute_seconds double precision,
    details jsonb not null,
    primary key (corpus, experiment, condition, chunk, normalizer),
    foreign key (corpus, experiment, condition) references conditions on delete cascade,
    foreign key (corpus, recording) references recordings on delete cascade
);
create index scores_recording on scores (corpus, recording);
comment on table scores is 'Errors of every chunk and condition under every normaliser. Rates: sum the errors, then divide.';
comment on column scores.normalizer is 'The text normaliser applied to both sides.';
comment on column scores.tier is 'Where the reference comes from: human, manual_caption, ...; empty: there is none.';
comment on column scores.reference is 'The reference text of this chunk.';
comment on column scores.hypothesis is 'The model''s raw text attributed to this chunk.';
comment on column scores.words is 'Words of the reference after normalising.';
comment on column scores.hits is 'Words that are right.';
comment on column scores.characters is 'Characters of the reference after normalising.';
comment on column scores.character_errors is 'Edits between the characters.';
comment on column scores.compute_seconds is 'Seconds of computing, as if the condition ran alone.';
comment on column scores.details is 'All other columns of chunks.parquet.';

create table condition_scores (
    corpus text not null,
    experiment text not null,
    condition text not null,
    recordings bigint,
    chunks bigint,
    words bigint,
    wer double precision,
    wer_low double precision,
    wer_high double precision,
    cer double precision,
    substitutions bigint,
    deletions bigint,
    insertions bigint,
    rtfx double precision,
    wer_macro double precision,
    details jsonb not null,
    primary key (corpus, experiment, condition),
    foreign key (corpus, experiment, condition) references conditions on delete cascade
);
comment on table condition_scores is 'Rates of a condition under the leading normaliser, with intervals; 0.12 is 12 %.';
comment on column condition_scores.wer is 'Word error rate: errors over words of the reference.';
comment on column condition_scores.wer_low is 'Lower end of its interval.';
comment on column condition_scores.wer_high is 'Upper end of its interval.';
comment on column condition_scores.cer is 'Character error rate.';
comment on column condition_scores.rtfx is 'Seconds of audio transcribed in a second of computing.';
comment on column condition_scores.wer_macro is 'Mean of the recordings'' own rates.';
comment on column condition_scores.details is 'All other columns of conditions.csv.';

create table comparisons (
    corpus text not null,
    experiment text not null,
    family text not null,
    condition text not null,
    other text not null,
    recordings bigint,
    delta double precision,
    delta_low double precision,
    delta_high double precision,
    probability_of_improvement double precision,
    p_bootstrap double precision,
    p_mapsswe double precision,
    p_adjusted double precision,
    verdict text,
    details jsonb not null,
    primary key (corpus, experiment, family, condition, other),
    foreign key (corpus, experiment, condition) references conditions on delete cascade,
    foreign key (corpus, experiment, other) references conditions on delete cascade
);
comment on table comparisons is 'Differences between conditions, tested.';
comment on column comparisons.family is '`baseline`: against the baseline; `pairs`: every pair. P-values are adjusted within it.';
comment on column comparisons.other is 'What the condition is compared with.';
comment on column comparisons.delta is 'WER of the condition minus WER of the other; below 0 is better.';
comment on column comparisons.delta_low is 'Lower end of its interval.';
comment on column comparisons.delta_high is 'Upper end of its interval.';
comment on column comparisons.p_adjusted is 'P-value, adjusted for the number of comparisons in the family.';
comment on column comparisons.verdict is 'The finding in plain English.';
comment on column comparisons.details is 'All other columns of comparisons.csv.';
