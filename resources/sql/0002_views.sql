-- Views that answer the common questions. Runs on PostgreSQL 14 and later.

create view wer_by_condition as
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
    (sum(s.substitutions + s.deletions + s.insertions) filter (where s.tier <> ''))::double precision
    / nullif(sum(s.words) filter (where s.tier <> ''), 0) as wer,
    case when s.normalizer = e.normalizer then r.wer_low end as wer_low,
    case when s.normalizer = e.normalizer then r.wer_high end as wer_high,
    (sum(s.character_errors) filter (where s.tier <> ''))::double precision
    / nullif(sum(s.characters) filter (where s.tier <> ''), 0) as cer,
    sum(s.audio_seconds) / nullif(sum(s.compute_seconds), 0) as rtfx
from conditions c
join experiments e using (corpus, experiment)
join scores s using (corpus, experiment, condition)
left join condition_scores r using (corpus, experiment, condition)
group by
    c.corpus, c.experiment, c.condition, s.normalizer, e.normalizer, r.wer_low, r.wer_high
order by c.corpus, c.experiment, s.normalizer <> e.normalizer, s.normalizer, c.position;
comment on view wer_by_condition is 'Rates of every condition under every normaliser, summed from the chunks that have a reference; intervals for the leading one.';

create view worst_chunks as
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
    k.path
from scores s
join experiments e using (corpus, experiment)
join conditions c using (corpus, experiment, condition)
join recordings i using (corpus, recording)
left join chunks k on (k.corpus, k.audio, k.chunk) = (s.corpus, c.audio, s.chunk)
where s.normalizer = e.normalizer and s.tier <> ''
order by s.corpus, s.experiment, s.condition, rank;
comment on view worst_chunks is 'The chunks of each condition, most errors first, with both texts and where to listen.';

create view transcripts as
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
    t.feature_seconds + t.encode_seconds + t.decode_seconds as compute_seconds
from transcriptions t
join conditions c using (corpus, experiment, condition)
join recordings i using (corpus, recording)
join chunks k on (k.corpus, k.audio, k.chunk) = (t.corpus, t.audio, t.chunk)
left join prompts p using (transcription);
comment on view transcripts is 'Transcriptions with the levels of their condition, their place and their prompt.';

create view failed_recordings as
select corpus, recording, title, stage, '' as audio, status, reason, source, locator
from recordings
where status <> 'ok'
union all
select f.corpus, f.recording, i.title, 'process', f.audio, f.status, f.reason, i.source, i.locator
from audio_files f
join recordings i using (corpus, recording)
where f.status <> 'ok' and i.status = 'ok'
order by corpus, status, recording;
comment on view failed_recordings is 'Recordings with nothing to transcribe, and why; `audio` where it is one variant only.';
