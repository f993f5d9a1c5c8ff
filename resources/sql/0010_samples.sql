-- Prepared audio and chunks are known by their samples, not by the bytes of their files, which another
-- ffmpeg writes differently. Runs on PostgreSQL 14 and later.

alter table audio_files
    drop column sha256,
    add column pcm_md5 text,
    add column versions jsonb not null default '{}';
comment on column audio_files.pcm_md5 is 'MD5 of its samples, as 16-bit integers.';
comment on column audio_files.versions is 'Versions of ffmpeg and of the packages of the filters that made it.';

alter table chunks
    drop column sha256,
    add column pcm_md5 text;
comment on column chunks.pcm_md5 is 'MD5 of its samples, as 16-bit integers.';
