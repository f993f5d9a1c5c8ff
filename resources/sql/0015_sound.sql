-- Which sound of a recording was taken, and what was put in or muted. Runs on PostgreSQL 14 and later.

alter table audio_files
    add column track integer,
    add column channel text,
    add column padded_seconds double precision,
    add column muted_samples bigint,
    add column wish jsonb not null default '{}';
comment on column audio_files.track is 'The audio track that was taken, from 0.';
comment on column audio_files.channel is 'What was taken of its channels: `mix`, or the name of one.';
comment on column audio_files.padded_seconds is 'Silence put in before and into the sound, to be on the file''s clock, in seconds.';
comment on column audio_files.muted_samples is 'Moments that held no sound but impossible numbers, and were muted.';
comment on column audio_files.wish is 'What was wanted of it: channel, track, language, and whether channels are kept apart.';

alter table recordings
    add column part_of text;
comment on column recordings.part_of is 'Of a channel that is kept apart, the recording that it is a channel of; its own id is `RECORDING.NUMBER`.';

comment on column conditions.audio_filters is 'The chain of filters that makes that variant, or an object with its channel, track and filters.';
