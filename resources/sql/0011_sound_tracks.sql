-- Which sound track of a download was chosen. Runs on PostgreSQL 14 and later.

alter table recordings
    add column format text,
    add column track_language text,
    add column codec text,
    add column bit_rate double precision;
comment on column recordings.format is 'Id of the format that was chosen, for downloads.';
comment on column recordings.track_language is 'Language of its sound, where told.';
comment on column recordings.codec is 'The sound''s codec, as ffmpeg names it.';
comment on column recordings.bit_rate is 'Mean bit rate of the sound in kbit/s.';
