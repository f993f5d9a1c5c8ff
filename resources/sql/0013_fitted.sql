-- What the filters of a chain learned of each recording. Runs on PostgreSQL 14 and later.

alter table audio_files
    add column fitted jsonb not null default '[]';
comment on column audio_files.fitted is 'What each filter learned of the recording, such as its noise.';
