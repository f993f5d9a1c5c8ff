-- Chunking is a factor: a corpus may be cut in several ways. Runs on PostgreSQL 14 and later.

alter table transcriptions drop constraint transcriptions_corpus_audio_chunk_fkey;
alter table chunks drop constraint chunks_pkey;
alter table chunks
    add column chunking text not null default '',
    add primary key (corpus, chunking, audio, chunk);
comment on column chunks.chunking is 'Name of the entry of `chunkings` that cut it; empty: the section `chunking`.';
comment on column chunks.chunk is 'The chunk''s id, the same in all variants: a chunking cuts them at the same places.';

alter table conditions
    add column chunking text not null default '',
    add column chunking_options jsonb not null default '{}';
comment on column conditions.chunking is 'Name of the chunking in the config; empty: the section `chunking`.';
comment on column conditions.chunking_options is 'How that chunking cuts.';

drop index transcriptions_chunk;
alter table transcriptions add column chunking text not null default '';
alter table transcriptions
    add foreign key (corpus, chunking, audio, chunk) references chunks on delete cascade;
create index transcriptions_chunk on transcriptions (corpus, chunking, audio, chunk);
comment on column transcriptions.chunking is 'The chunking that the chunk is of.';

comment on table scores is 'Errors of every chunk and condition under every normaliser; of whole recordings where an experiment compares chunkings. Rates: sum the errors, then divide.';
comment on column scores.chunk is 'The chunk''s id, or the recording''s where it is scored as a whole.';

create table plans (
    corpus text not null,
    chunking text not null,
    recording text not null,
    status text not null,
    reason text,
    seconds double precision,
    cuts bigint not null,
    loud_cuts jsonb not null,
    primary key (corpus, chunking, recording),
    foreign key (corpus, recording) references recordings on delete cascade
);
create index plans_recording on plans (corpus, recording);
comment on table plans is 'How each chunking cuts each recording.';
comment on column plans.chunking is 'Name of the chunking in the config; empty: the section `chunking`.';
comment on column plans.status is '`ok`, or why it has no chunks.';
comment on column plans.reason is 'The status in words.';
comment on column plans.seconds is 'Duration of the recording in seconds.';
comment on column plans.cuts is 'Borders between two chunks that follow each other.';
comment on column plans.loud_cuts is 'The moments (s) of those without a pause where it is as loud as speech.';

create table speech_regions (
    corpus text not null,
    chunking text not null,
    recording text not null,
    number integer not null,
    start_seconds double precision not null,
    end_seconds double precision not null,
    primary key (corpus, chunking, recording, number),
    foreign key (corpus, chunking, recording) references plans on delete cascade
);
comment on table speech_regions is 'Where the detector of a chunking found speech.';
comment on column speech_regions.number is 'Position in the recording, from 0.';
comment on column speech_regions.start_seconds is 'Start on the recording''s clock, in seconds.';
comment on column speech_regions.end_seconds is 'End on the recording''s clock, in seconds.';

create table chunkings (
    corpus text not null,
    experiment text not null,
    chunking text not null,
    method text not null,
    recordings bigint not null,
    chunks bigint not null,
    seconds double precision not null,
    chunk_seconds double precision not null,
    fill double precision,
    speech_seconds double precision not null,
    speech_lost_seconds double precision not null,
    speech_lost double precision,
    cuts bigint not null,
    loud_cuts bigint not null,
    timed_cuts bigint not null,
    word_cuts bigint not null,
    words_of text not null,
    primary key (corpus, experiment, chunking),
    foreign key (corpus, experiment) references experiments on delete cascade
);
comment on table chunkings is 'How full the chunks of an experiment are, what speech they lose, and which cuts fall on speech.';
comment on column chunkings.chunking is 'Name of the chunking in the config; empty: the section `chunking`.';
comment on column chunkings.method is 'How it cuts.';
comment on column chunkings.seconds is 'Duration of the recordings that it cuts, in seconds.';
comment on column chunkings.chunk_seconds is 'Duration of their chunks in seconds.';
comment on column chunkings.fill is 'Mean share of Whisper''s 30 s that a chunk fills; empty for whole recordings.';
comment on column chunkings.speech_seconds is 'Duration of the speech regions in seconds.';
comment on column chunkings.speech_lost_seconds is 'Seconds of these in no chunk.';
comment on column chunkings.speech_lost is 'The same as a share.';
comment on column chunkings.cuts is 'Borders between two chunks that follow each other.';
comment on column chunkings.loud_cuts is 'Those without a pause where it is as loud as speech.';
comment on column chunkings.timed_cuts is 'Those at which the times of words are known.';
comment on column chunkings.word_cuts is 'Of these those that fall in a word; by words that were heard, loud ones.';
comment on column chunkings.words_of is 'Whose words these are: `reference`, or a condition that was cut otherwise.';

create or replace view worst_chunks as
select
    s.corpus,
    s.experiment,
    s.condition,
    rank() over (
        partition by s.corpus, s.experiment, s.condition
        order by s.substitutions + s.deletions + s.insertions desc
    ) as rank,
    s.recording,
    i.title,
    s.chunk,
    k.start_seconds,
    k.end_seconds,
    k.snr_db,
    s.words,
    s.substitutions + s.deletions + s.insertions as errors,
    (s.substitutions + s.deletions + s.insertions)::double precision / nullif(s.words, 0) as wer,
    s.reference,
    s.hypothesis,
    coalesce(k.path, f.path) as path
from scores s
join experiments e using (corpus, experiment)
join conditions c using (corpus, experiment, condition)
join recordings i using (corpus, recording)
left join chunks k
    on (k.corpus, k.chunking, k.audio, k.chunk) = (s.corpus, c.chunking, c.audio, s.chunk)
left join audio_files f
    on (f.corpus, f.audio, f.recording) = (s.corpus, c.audio, s.recording)
where s.normalizer = e.normalizer and s.tier <> ''
order by s.corpus, s.experiment, s.condition, rank;
comment on view worst_chunks is 'The chunks of each condition (whole recordings where chunkings are compared), most errors first, with both texts and where to listen.';

create or replace view transcripts as
select
    t.transcription,
    t.corpus,
    t.experiment,
    t.condition,
    c.model,
    c.audio,
    c.prompt,
    c.decoding,
    t.recording,
    i.title,
    t.chunk,
    k.number,
    k.start_seconds,
    k.end_seconds,
    t.text,
    p.text as prompt_text,
    t.language,
    t.flags,
    t.audio_seconds,
    t.feature_seconds + t.encode_seconds + t.decode_seconds as compute_seconds,
    c.chunking
from transcriptions t
join conditions c using (corpus, experiment, condition)
join recordings i using (corpus, recording)
join chunks k
    on (k.corpus, k.chunking, k.audio, k.chunk) = (t.corpus, t.chunking, t.audio, t.chunk)
left join prompts p using (transcription);
