-- What the engines of an experiment give together. Runs on PostgreSQL 14 and later.

create table combinations (
    corpus text not null,
    experiment text not null,
    combination text not null,
    conditions text not null,
    wer double precision,
    wer_low double precision,
    wer_high double precision,
    other text not null,
    other_wer double precision,
    recordings bigint not null,
    chunks bigint not null,
    words bigint not null,
    delta double precision,
    delta_low double precision,
    delta_high double precision,
    p_bootstrap double precision,
    p_adjusted double precision,
    verdict text not null,
    real boolean not null,
    resampled_by text not null,
    primary key (corpus, experiment, combination),
    foreign key (corpus, experiment) references experiments on delete cascade
);
comment on table combinations is 'What the engines of an experiment give together, against the best single one.';
comment on column combinations.combination is '`rover_votes`, `rover_confidence`, or `oracle`: the best text of each chunk, which needs the reference.';
comment on column combinations.conditions is 'The conditions that were combined.';
comment on column combinations.wer is 'Word error rate of the combination.';
comment on column combinations.wer_low is 'Lower end of its interval.';
comment on column combinations.wer_high is 'Upper end of its interval.';
comment on column combinations.other is 'The best single condition.';
comment on column combinations.other_wer is 'Its word error rate on the same chunks.';
comment on column combinations.delta is 'WER of the combination minus that of the best single condition.';
comment on column combinations.delta_low is 'Lower end of its interval.';
comment on column combinations.delta_high is 'Upper end of its interval.';
comment on column combinations.p_adjusted is 'P-value, adjusted for the number of combinations (Holm).';
comment on column combinations.verdict is 'The finding in plain English.';
comment on column combinations.resampled_by is 'What was resampled.';
