-- Prepared audio and chunks are known by their samples, not by the bytes of their files, which another
-- ffmpeg writes differently. Runs on PostgreSQL 14 and later.

alter table audio_files
    drop column sha256,
    add column pcm_md5 text,
    add column source text,
    add column source_sha256 text,
    add column chain jsonb not null default '[]',
    add column versions jsonb not null default '{}',
    add column gain_db double precision;
comment on column audio_files.pcm_md5 is 'MD5 of its samples, as 16-bit integers.';
comment on column audio_files.source is 'Path of the audio as it came.';
comment on column audio_files.source_sha256 is 'SHA-256 of that file.';
comment on column audio_files.chain is 'The variant''s filters with all their options.';
comment on column audio_files.versions is 'Versions of ffmpeg, and of the filters and their packages.';
comment on column audio_files.gain_db is 'What was turned down at last so that nothing clips, in dB.';

alter table chunks
    drop column sha256,
    add column pcm_md5 text;
comment on column chunks.pcm_md5 is 'MD5 of its samples, as 16-bit integers.';
