-- Conditions that were decoded several times, and how much of a figure's variance that is.
-- Runs on PostgreSQL 14 and later.

alter table transcriptions add column repeat bigint not null default 1;
alter table transcriptions drop constraint transcriptions_corpus_experiment_condition_chunk_key;
alter table transcriptions add unique (corpus, experiment, condition, chunk, repeat);
comment on table transcriptions is 'What a model said: one row for each chunk and condition, and repeat of these.';
comment on column transcriptions.transcription is 'Id made from corpus, experiment, levels of the condition, chunk and, from the second on, repeat: the same in every database.';
comment on column transcriptions.repeat is 'Which of the condition''s repeats it is, from 1.';

alter table scores add column repeat bigint not null default 1;
alter table scores drop constraint scores_pkey;
alter table scores add primary key (corpus, experiment, condition, chunk, repeat, normalizer);
comment on table scores is 'Errors of every chunk, condition and repeat under every normaliser. Rates: sum the errors, then divide.';
comment on column scores.repeat is 'Which of the condition''s repeats it is, from 1.';

create table repeats (
    corpus text not null,
    experiment text not null,
    condition text not null,
    other text not null,
    figure text not null,
    unit text not null,
    value double precision,
    units bigint not null,
    unit_of text not null,
    repeats double precision not null,
    variance_recordings double precision,
    variance_repeats double precision,
    repeats_share double precision,
    standard_error double precision,
    units_to_halve bigint,
    repeats_to_halve bigint,
    advice text not null,
    primary key (corpus, experiment, condition, other, figure),
    foreign key (corpus, experiment, condition) references conditions on delete cascade on update cascade
);
comment on table repeats is 'The variance of conditions that were decoded several times, and of their differences from the baseline: how much of it are recordings, and how much repeats of the same recording.';
comment on column repeats.other is 'The baseline, of a difference from it; empty: the figure itself.';
comment on column repeats.figure is 'What conditions are compared by, or a figure without references.';
comment on column repeats.value is 'The figure, or the difference.';
comment on column repeats.units is 'Recordings (or what else is resampled) with data.';
comment on column repeats.unit_of is 'What these are: `recording`, `speaker` or another field.';
comment on column repeats.repeats is 'Repeats of each; the harmonic mean where some lack one.';
comment on column repeats.variance_recordings is 'Variance of the recordings'' true figures; below 0 by chance.';
comment on column repeats.variance_repeats is 'Variance of the repeats of a recording.';
comment on column repeats.repeats_share is 'Part of the figure''s variance that is due to repeats.';
comment on column repeats.standard_error is 'Of the figure, with both.';
comment on column repeats.units_to_halve is 'Recordings that would halve it.';
comment on column repeats.repeats_to_halve is 'Repeats of the same recordings that would halve it; empty: none would.';
comment on column repeats.advice is 'More repeats or more recordings, in words.';
call watch_table('repeats');

create or replace view wer_by_condition as
select
    c.corpus,
    c.experiment,
    c.condition,
    s.normalizer,
    s.normalizer = e.normalizer as is_leading,
    c.is_baseline,
    c.model,
    c.audio,
    c.prompt,
    c.decoding,
    count(distinct s.recording) filter (where s.tier <> '') as recordings,
    count(*) filter (where s.tier <> '') as chunks,
    (sum(s.words) filter (where s.tier <> ''))::bigint as words,
    (sum(s.errors) filter (where s.tier <> ''))::double precision
    / nullif((sum(s.words) filter (where s.tier <> ''))::double precision, 0) as wer,
    case when s.normalizer = e.normalizer then r.wer_low end as wer_low,
    case when s.normalizer = e.normalizer then r.wer_high end as wer_high,
    (sum(s.character_errors) filter (where s.tier <> ''))::double precision
    / nullif((sum(s.characters) filter (where s.tier <> ''))::double precision, 0) as cer,
    sum(s.audio_seconds) / nullif(sum(s.compute_seconds), 0) as rtfx
from conditions c
join experiments e using (corpus, experiment)
join (
    select
        corpus,
        experiment,
        condition,
        normalizer,
        recording,
        chunk,
        max(tier) as tier,
        avg(words) as words,
        avg(substitutions + deletions + insertions) as errors,
        avg(character_errors) as character_errors,
        avg(characters) as characters,
        sum(audio_seconds) as audio_seconds,
        sum(compute_seconds) as compute_seconds
    from scores
    group by corpus, experiment, condition, normalizer, recording, chunk
) s using (corpus, experiment, condition)
left join condition_scores r using (corpus, experiment, condition)
group by
    c.corpus, c.experiment, c.condition, s.normalizer, e.normalizer, r.wer_low, r.wer_high
order by c.corpus, c.experiment, s.normalizer <> e.normalizer, s.normalizer, c.position;
comment on view wer_by_condition is 'Rates of every condition under every normaliser, summed from the chunks that have a reference, of repeats their mean; intervals for the leading one.';

create or replace view worst_chunks as
select
    s.corpus,
    s.experiment,
    s.condition,
    rank() over (
        partition by s.corpus, s.experiment, s.condition
        order by s.substitutions + s.deletions + s.insertions desc
    ) as rank,
    s.recording,
    i.title,
    s.chunk,
    k.start_seconds,
    k.end_seconds,
    k.snr_db,
    s.words,
    s.substitutions + s.deletions + s.insertions as errors,
    (s.substitutions + s.deletions + s.insertions)::double precision / nullif(s.words, 0) as wer,
    s.reference,
    s.hypothesis,
    coalesce(k.path, f.path) as path,
    s.repeat
from scores s
join experiments e using (corpus, experiment)
join conditions c using (corpus, experiment, condition)
join recordings i using (corpus, recording)
left join chunks k
    on (k.corpus, k.chunking, k.audio, k.chunk) = (s.corpus, c.chunking, c.audio, s.chunk)
left join audio_files f
    on (f.corpus, f.audio, f.recording) = (s.corpus, c.audio, s.recording)
where s.normalizer = e.normalizer and s.tier <> ''
order by s.corpus, s.experiment, s.condition, rank;

create or replace view transcripts as
select
    t.transcription,
    t.corpus,
    t.experiment,
    t.condition,
    c.model,
    c.audio,
    c.prompt,
    c.decoding,
    t.recording,
    i.title,
    t.chunk,
    k.number,
    k.start_seconds,
    k.end_seconds,
    t.text,
    p.text as prompt_text,
    t.language,
    t.flags,
    t.audio_seconds,
    t.feature_seconds + t.encode_seconds + t.decode_seconds as compute_seconds,
    c.chunking,
    t.repeat
from transcriptions t
join conditions c using (corpus, experiment, condition)
join recordings i using (corpus, recording)
join chunks k
    on (k.corpus, k.chunking, k.audio, k.chunk) = (t.corpus, t.chunking, t.audio, t.chunk)
left join prompts p using (transcription);

create or replace view prompt_effect as
select
    c.corpus,
    c.experiment,
    c.condition,
    o.condition as other,
    c.model,
    c.audio,
    c.decoding,
    c.chunking,
    c.prompt,
    o.prompt as other_prompt,
    count(*) as chunks,
    sum(s.words)::bigint as words,
    sum(s.errors)::double precision / nullif(sum(s.words)::double precision, 0) as wer,
    sum(r.errors)::double precision / nullif(sum(s.words)::double precision, 0) as other_wer,
    sum(s.errors - r.errors)::double precision / nullif(sum(s.words)::double precision, 0) as delta,
    count(*) filter (where s.errors < r.errors) as better,
    count(*) filter (where s.errors > r.errors) as worse
from conditions c
join experiments e using (corpus, experiment)
join conditions b on (b.corpus, b.experiment, b.condition) = (e.corpus, e.experiment, e.baseline)
join conditions o
    on (o.corpus, o.experiment, o.model, o.audio, o.decoding, o.chunking, o.prompt)
    = (c.corpus, c.experiment, c.model, c.audio, c.decoding, c.chunking, b.prompt)
    and o.prompt <> c.prompt
join (
    select corpus, experiment, condition, normalizer, chunk, max(tier) as tier, avg(words) as words,
        avg(substitutions + deletions + insertions) as errors
    from scores
    group by corpus, experiment, condition, normalizer, chunk
) s
    on (s.corpus, s.experiment, s.condition, s.normalizer)
    = (c.corpus, c.experiment, c.condition, e.normalizer)
    and s.tier <> ''
join (
    select corpus, experiment, condition, normalizer, chunk,
        avg(substitutions + deletions + insertions) as errors
    from scores
    group by corpus, experiment, condition, normalizer, chunk
) r
    on (r.corpus, r.experiment, r.condition, r.normalizer, r.chunk)
    = (o.corpus, o.experiment, o.condition, e.normalizer, s.chunk)
group by
    c.corpus, c.experiment, c.condition, o.condition, c.model, c.audio, c.decoding, c.chunking,
    c.prompt, o.prompt
order by c.corpus, c.experiment, c.condition;
comment on view prompt_effect is 'What each prompt does against the baseline''s, all else equal, on the chunks that have both, of repeats their mean: rates, and in how many chunks there are fewer errors (`better`) and more (`worse`). Of random groups no chunk has both. Intervals are in `factors`.';
