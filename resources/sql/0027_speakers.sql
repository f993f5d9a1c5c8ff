-- Who speaks in a segment, where the recogniser tells speakers apart. Runs on PostgreSQL 14 and later.

alter table segments add column speaker text;
comment on column segments.speaker is 'Who speaks, if the recogniser tells; empty: it does not.';
