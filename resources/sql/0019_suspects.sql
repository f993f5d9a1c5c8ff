-- Words of references that are probably wrong. Runs on PostgreSQL 14 and later.

create table suspects (
    corpus text not null,
    experiment text not null,
    recording text not null,
    chunk text not null,
    start_seconds double precision not null,
    end_seconds double precision not null,
    place bigint not null,
    kind text not null,
    before text not null,
    reference text not null,
    after text not null,
    correction text not null,
    engines bigint not null,
    engines_asked bigint not null,
    score double precision not null,
    primary key (corpus, experiment, recording, chunk, place, kind),
    foreign key (corpus, experiment) references experiments on delete cascade
);
comment on table suspects is 'Words of references that no condition of an experiment hears, while most engines agree on what they hear instead.';
comment on column suspects.start_seconds is 'Start of the chunk on the recording''s clock, in seconds.';
comment on column suspects.end_seconds is 'Its end, in seconds.';
comment on column suspects.place is 'Of the word in the chunk''s normalised reference, from 0.';
comment on column suspects.kind is '`otherwise`: another word is heard; `unheard`: none; `left_out`: one more than the reference has.';
comment on column suspects.before is 'The words before it, as written.';
comment on column suspects.reference is 'What the reference has, as written; empty: nothing.';
comment on column suspects.after is 'The words after it, as written.';
comment on column suspects.correction is 'What engines hear, normalised; empty: nothing.';
comment on column suspects.engines is 'How many engines (models) hear that.';
comment on column suspects.engines_asked is 'How many heard the chunk.';
comment on column suspects.score is 'How suspect it is, from 0 to 1.';
