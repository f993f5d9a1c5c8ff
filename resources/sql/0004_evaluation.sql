-- What evaluation found beside WER, as `scores/{experiment}/*.csv` has it. Runs on PostgreSQL 14 and later.

create table metrics (
    corpus text not null,
    experiment text not null,
    condition text not null,
    normalizer text not null,
    normalizer_version text not null,
    normalizer_digest text not null,
    figure text not null,
    unit text not null,
    lower_is_better boolean not null,
    value double precision,
    low double precision,
    high double precision,
    delta double precision,
    delta_low double precision,
    delta_high double precision,
    p_bootstrap double precision,
    primary key (corpus, experiment, condition, normalizer, figure),
    foreign key (corpus, experiment, condition) references conditions on delete cascade
);
comment on table metrics is 'Every figure of every condition under every normaliser; 0.12 is 12 %.';
comment on column metrics.figure is 'What was measured: wer, b_wer, brier, ...; docs/evaluate.md has the formulas.';
comment on column metrics.low is 'Lower end of the interval.';
comment on column metrics.high is 'Upper end of the interval.';
comment on column metrics.delta is 'Difference from the baseline.';
comment on column metrics.p_bootstrap is 'P-value of that difference, not adjusted.';

create table factors (
    corpus text not null,
    experiment text not null,
    effect text not null,
    factor text not null,
    level text not null,
    other_level text not null,
    by_factor text not null,
    by_level text not null,
    by_other_level text not null,
    matched bigint not null,
    delta double precision,
    delta_low double precision,
    delta_high double precision,
    probability_of_improvement double precision,
    p_bootstrap double precision,
    p_adjusted double precision,
    verdict text not null,
    "real" boolean,
    standard_error double precision,
    smallest_detectable double precision,
    recordings_needed double precision,
    resampled_by text not null,
    primary key (corpus, experiment, effect, factor, level, by_factor, by_level),
    foreign key (corpus, experiment) references experiments on delete cascade
);
comment on table factors is 'What a level of a factor does to WER against the baseline''s level, all else equal; and how much that changes with a second factor.';
comment on column factors.effect is '`main`, or `interaction` with `by_factor`.';
comment on column factors.matched is 'Pairs (of an interaction: quadruples) of conditions that the mean is over.';
comment on column factors.delta is 'Mean difference of WER; below 0 is better.';
comment on column factors.p_adjusted is 'P-value, adjusted for the number of effects of this kind (Holm).';
comment on column factors.verdict is 'The finding in plain English.';

create table strata (
    corpus text not null,
    experiment text not null,
    field text not null,
    level text not null,
    condition text not null,
    recordings bigint not null,
    chunks bigint not null,
    words bigint not null,
    figure text not null,
    unit text not null,
    lower_is_better boolean not null,
    value double precision,
    low double precision,
    high double precision,
    delta double precision,
    delta_low double precision,
    delta_high double precision,
    p_bootstrap double precision,
    resampled_by text not null,
    primary key (corpus, experiment, field, level, condition, figure),
    foreign key (corpus, experiment, condition) references conditions on delete cascade
);
comment on table strata is 'Every figure by tier of the reference and by the fields of `scoring.strata`, under the leading normaliser. P-values are not adjusted: a stratum is a place to look, not a finding.';
comment on column strata.field is 'What the corpus is divided by: tier, snr_db, ...';
comment on column strata.level is 'Its value, or its bin.';
comment on column strata.delta is 'Difference from the baseline in the same stratum.';

create table calibration (
    corpus text not null,
    experiment text not null,
    condition text not null,
    bins text not null,
    bin bigint not null,
    low double precision not null,
    high double precision not null,
    words bigint not null,
    mean_confidence double precision not null,
    accuracy double precision not null,
    gap double precision not null,
    primary key (corpus, experiment, condition, bins, bin),
    foreign key (corpus, experiment, condition) references conditions on delete cascade
);
comment on table calibration is 'Words by the model''s confidence in them, and how many of them are right.';
comment on column calibration.bins is '`equal_width`, or `equal_count`: equally many words in each.';
comment on column calibration.low is 'Lowest probability in the bin.';
comment on column calibration.high is 'Highest probability in the bin.';
comment on column calibration.gap is 'Mean confidence minus accuracy; above 0 is over-confident.';

create table terms (
    corpus text not null,
    experiment text not null,
    condition text not null,
    term text not null,
    said bigint not null,
    hit bigint not null,
    false_alarms bigint not null,
    "precision" double precision,
    recall double precision,
    f double precision,
    said_prompted bigint not null,
    hit_prompted bigint not null,
    recall_prompted double precision,
    recall_unprompted double precision,
    primary key (corpus, experiment, condition, term),
    foreign key (corpus, experiment, condition) references conditions on delete cascade
);
comment on table terms is 'The terms of `scoring.terms`, normalised: how often each was said and recognised.';
comment on column terms.said is 'How often the references have it.';
comment on column terms.hit is 'How often it was recognised there.';
comment on column terms.false_alarms is 'How often it was written where it was not said.';
comment on column terms.said_prompted is 'How often it was said in chunks whose prompt had it.';

create table errors (
    corpus text not null,
    experiment text not null,
    condition text not null,
    kind text not null,
    reference text not null,
    hypothesis text not null,
    count bigint not null,
    baseline_count bigint not null,
    change bigint not null,
    primary key (corpus, experiment, condition, kind, reference, hypothesis),
    foreign key (corpus, experiment, condition) references conditions on delete cascade
);
comment on table errors is 'The most frequent errors of each condition, and those that changed most against the baseline (`scoring.errors_listed` of each kind).';
comment on column errors.kind is '`substitution`, `deletion` or `insertion`.';
comment on column errors.reference is 'The word that was said; empty for an insertion.';
comment on column errors.hypothesis is 'The word that was written; empty for a deletion.';
comment on column errors.change is 'Count minus the baseline''s; below 0 is mended.';

create view wer_by_stratum as
select
    s.corpus,
    s.experiment,
    s.field,
    s.level,
    s.condition,
    c.is_baseline,
    s.recordings,
    s.words,
    s.value as wer,
    s.low as wer_low,
    s.high as wer_high,
    s.delta,
    s.delta_low,
    s.delta_high
from strata s
join conditions c using (corpus, experiment, condition)
where s.figure = 'wer'
order by s.corpus, s.experiment, s.field, s.level, c.position;
comment on view wer_by_stratum is 'WER of every condition in every stratum, under the leading normaliser.';

create view changed_errors as
select
    e.corpus,
    e.experiment,
    e.condition,
    rank() over (
        partition by e.corpus, e.experiment, e.condition order by abs(e.change) desc
    ) as rank,
    e.kind,
    e.reference,
    e.hypothesis,
    e.baseline_count,
    e.count,
    e.change
from errors e
where e.change <> 0
order by e.corpus, e.experiment, e.condition, rank, e.reference, e.hypothesis;
comment on view changed_errors is 'The errors that a condition mends (change below 0) or makes, against the baseline, the largest changes first.';
