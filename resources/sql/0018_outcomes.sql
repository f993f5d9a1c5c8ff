-- Effects of factors on figures that need no reference. Runs on PostgreSQL 14 and later.

alter table factors drop constraint factors_pkey;
alter table factors
    add column figure text not null default 'wer',
    add column unit text not null default 'rate',
    add primary key (corpus, experiment, figure, effect, factor, level, by_factor, by_level);
comment on table factors is 'What a level of a factor does to a figure (WER, and those that need no reference) against the baseline''s level, all else equal; and how much that changes with a second factor.';
comment on column factors.figure is 'The figure, such as `wer` or `mean_confidence`.';
comment on column factors.unit is 'Its unit; `rate` is a fraction.';
comment on column factors.delta is 'Mean difference of the figure; below 0 is better for an error rate.';
comment on column factors.p_adjusted is 'P-value, adjusted for the number of effects of this kind on this figure (Holm).';
