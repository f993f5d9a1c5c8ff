-- Whose rows a corpus has. Runs on PostgreSQL 14 and later.

alter table corpora add column identity text;
comment on column corpora.identity is 'Of the results folder, as its `corpus.json` has it; empty: loaded by a snakescribe that made none.';
