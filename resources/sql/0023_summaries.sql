-- Views that sum up: conditions, comparisons, prompts, speed, and the corpus itself.
-- Runs on PostgreSQL 14 and later.

create view condition_summary as
select
    c.corpus,
    c.experiment,
    c.condition,
    c.position,
    c.is_baseline,
    c.model,
    c.audio,
    c.prompt,
    c.decoding,
    c.chunking,
    s.recordings,
    s.chunks,
    s.words,
    s.wer,
    s.wer_low,
    s.wer_high,
    s.cer,
    s.rtfx,
    d.delta,
    d.delta_low,
    d.delta_high,
    d.p_adjusted,
    d.verdict,
    t.transcripts,
    t.flagged
from conditions c
left join condition_scores s using (corpus, experiment, condition)
left join comparisons d
    on (d.corpus, d.experiment, d.condition, d.family)
    = (c.corpus, c.experiment, c.condition, 'baseline')
left join (
    select
        corpus,
        experiment,
        condition,
        count(*) as transcripts,
        count(*) filter (where flags <> '[]') as flagged
    from transcriptions
    group by corpus, experiment, condition
) t on (t.corpus, t.experiment, t.condition) = (c.corpus, c.experiment, c.condition)
order by c.corpus, c.experiment, c.position;
comment on view condition_summary is 'A row for each condition: its levels, its rates under the leading normaliser with intervals, its difference from the baseline, and how many of its transcripts have signs of hallucination (`flagged`).';

create view paired_comparisons as
select
    p.corpus,
    p.experiment,
    p.family,
    p.condition,
    p.other,
    concat_ws(
        ', ',
        case when c.model <> o.model then 'model' end,
        case when c.audio <> o.audio then 'audio' end,
        case when c.prompt <> o.prompt then 'prompt' end,
        case when c.decoding <> o.decoding then 'decoding' end,
        case when c.chunking <> o.chunking then 'chunking' end
    ) as differ_in,
    p.recordings,
    s.wer,
    r.wer as other_wer,
    p.delta,
    p.delta_low,
    p.delta_high,
    p.probability_of_improvement,
    p.p_bootstrap,
    p.p_mapsswe,
    p.p_adjusted,
    p.verdict
from comparisons p
join conditions c using (corpus, experiment, condition)
join conditions o on (o.corpus, o.experiment, o.condition) = (p.corpus, p.experiment, p.other)
left join condition_scores s on (s.corpus, s.experiment, s.condition) = (p.corpus, p.experiment, p.condition)
left join condition_scores r on (r.corpus, r.experiment, r.condition) = (p.corpus, p.experiment, p.other)
order by p.corpus, p.experiment, p.family, c.position, o.position;
comment on view paired_comparisons is 'Comparisons of two conditions with the factors in which they differ and the WER of both; the delta is of what both have, so that it need not be the difference of the two.';

create view prompt_effect as
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
    sum(s.errors)::double precision / nullif(sum(s.words), 0) as wer,
    sum(r.errors)::double precision / nullif(sum(s.words), 0) as other_wer,
    sum(s.errors - r.errors)::double precision / nullif(sum(s.words), 0) as delta,
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
    select corpus, experiment, condition, normalizer, chunk, words, tier,
        substitutions + deletions + insertions as errors
    from scores
) s
    on (s.corpus, s.experiment, s.condition, s.normalizer)
    = (c.corpus, c.experiment, c.condition, e.normalizer)
    and s.tier <> ''
join (
    select corpus, experiment, condition, normalizer, chunk,
        substitutions + deletions + insertions as errors
    from scores
) r
    on (r.corpus, r.experiment, r.condition, r.normalizer, r.chunk)
    = (o.corpus, o.experiment, o.condition, e.normalizer, s.chunk)
group by
    c.corpus, c.experiment, c.condition, o.condition, c.model, c.audio, c.decoding, c.chunking,
    c.prompt, o.prompt
order by c.corpus, c.experiment, c.condition;
comment on view prompt_effect is 'What each prompt does against the baseline''s, all else equal, on the chunks that have both: rates, and in how many chunks there are fewer errors (`better`) and more (`worse`). Of random groups no chunk has both. Intervals are in `factors`.';

create view speed as
select
    t.corpus,
    t.experiment,
    t.condition,
    c.model,
    r.engine,
    r.engine_version,
    r.weights,
    r.compute_type,
    r.device,
    r.device_name,
    r.threads,
    r.batch_size,
    count(distinct r.run) as jobs,
    count(*) as transcripts,
    sum(t.audio_seconds) as audio_seconds,
    sum(t.feature_seconds) as feature_seconds,
    sum(t.encode_seconds) as encode_seconds,
    sum(t.decode_seconds) as decode_seconds,
    sum(t.audio_seconds)
    / nullif(sum(t.feature_seconds + t.encode_seconds + t.decode_seconds), 0) as rtfx,
    max(r.peak_memory_mb) as peak_memory_mb,
    max(r.gpu_memory_mb) as gpu_memory_mb
from transcriptions t
join conditions c using (corpus, experiment, condition)
join runs r using (corpus, experiment, run)
group by
    t.corpus, t.experiment, t.condition, c.position, c.model, r.engine, r.engine_version,
    r.weights, r.compute_type, r.device, r.device_name, r.threads, r.batch_size
order by t.corpus, t.experiment, c.position, r.device_name;
comment on view speed is 'Seconds of audio and of compute of each condition on each kind of machine, and seconds of audio in a second of compute (`rtfx`); loading the model is not in it.';

create view corpus_health as
select
    k.corpus,
    r.recordings,
    r.ok,
    r.failed,
    r.listed,
    r.hours,
    r.ok_hours,
    r.with_reference,
    r.languages,
    r.speakers,
    q.sources,
    q.sources_not_ok,
    h.chunks,
    h.speech_hours,
    h.median_snr_db,
    h.clipped_chunks,
    n.bearing_notices
from corpora k
cross join lateral (
    select
        count(*) as recordings,
        count(*) filter (where status = 'ok') as ok,
        count(*) filter (where status not in ('ok', 'listed')) as failed,
        count(*) filter (where status = 'listed') as listed,
        sum(seconds) / 3600 as hours,
        sum(seconds) filter (where status = 'ok') / 3600 as ok_hours,
        count(*) filter (
            where reference is not null or reference_file is not null or captions <> '[]'
        ) as with_reference,
        count(distinct language) as languages,
        count(distinct speaker) as speakers
    from recordings
    where corpus = k.corpus
) r
cross join lateral (
    select count(*) as sources, count(*) filter (where status <> 'ok') as sources_not_ok
    from sources
    where corpus = k.corpus
) q
cross join lateral (
    select
        count(*) as chunks,
        sum(speech_seconds) / 3600 as speech_hours,
        percentile_cont(0.5) within group (order by snr_db) as median_snr_db,
        count(*) filter (where clipped_share > 0) as clipped_chunks
    from chunks
    where corpus = k.corpus
) h
cross join lateral (
    select count(*) as bearing_notices
    from (
        select distinct step, place, number, text
        from notices
        where corpus = k.corpus and bears_on_results
    ) told
) n
order by k.corpus;
comment on view corpus_health is 'A row for each corpus: how much of it there is, how much can be transcribed and has a reference (captions among them), how its chunks sound (over all variants and chunkings), and how many notices bear on results.';
