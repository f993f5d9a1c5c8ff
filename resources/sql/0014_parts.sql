-- Recordings that are parts of files, as corpora with segments have them. Runs on PostgreSQL 14 and later.

alter table recordings add column start_seconds double precision, add column end_seconds double precision;
comment on column recordings.start_seconds is 'Where in its file it begins, in seconds; empty: it is all of the file.';
comment on column recordings.end_seconds is 'Where in its file it ends, in seconds.';
