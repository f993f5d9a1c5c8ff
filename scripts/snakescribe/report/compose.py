"""All tables of an experiment -> its page, as text."""

from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from snakescribe.acquired import summarize
from snakescribe.config.params import ExperimentParams
from snakescribe.evaluate.compare.copied import find_copied
from snakescribe.evaluate.metrics import counted_metrics
from snakescribe.evaluate.statistics.units import MIN_UNITS, outer_unit
from snakescribe.ffmpeg.stored import StoredSounds
from snakescribe.report.bill import tell_bill
from snakescribe.report.clips import ClipBox
from snakescribe.report.downloads import make_downloads
from snakescribe.report.explorer.build import FRONT
from snakescribe.report.figures import draw_conditions, draw_confidence, pick_conditions, tone_of
from snakescribe.report.health import read_health
from snakescribe.report.heard import read_heard
from snakescribe.report.insights import read_insights
from snakescribe.report.listen import card_seconds, make_cards, show_prompt
from snakescribe.report.methods import write_methods
from snakescribe.report.notices import MAX_NOTICES, read_groups
from snakescribe.report.pictures import draw_worst, worst_recordings
from snakescribe.report.plots.along import draw_along
from snakescribe.report.plots.interactions import draw_interactions
from snakescribe.report.plots.matrices import draw_heat_map, draw_pairs
from snakescribe.report.plots.tradeoff import draw_tradeoff
from snakescribe.report.recordings import Corpus, read_corpus
from snakescribe.report.reliability import draw_reliability, read_bins
from snakescribe.report.render import render_page
from snakescribe.report.reproduce import find_versions, rebuild_config
from snakescribe.report.response import draw_response
from snakescribe.report.sample import describe_sample, find_dominant
from snakescribe.report.scores import (
    Scores,
    pick_chunks,
    pick_unsure,
    read_scores,
    recording_rates,
)
from snakescribe.report.spread import MAX_RECORDINGS, draw_recordings
from snakescribe.report.study import Study
from snakescribe.report.suspects import pick_suspects, read_suspects
from snakescribe.report.tables import read_study
from snakescribe.report.transcripts import read_transcripts
from snakescribe.report.verdict import give_verdict
from snakescribe.results import Results
from snakescribe.tables import read_table
from snakescribe.tables.scores import COMBINATIONS, CONDITIONS, REPEATS, SCORES

# Of each kind: chunks where conditions differ most, and chunks that are hardest for all.
CHUNKS_OF_EACH_KIND = 5
AUDIO_BUDGET_BYTES = 1_900_000
# Where there are no references, the transcripts themselves are what the page is about.
TRANSCRIPT_AUDIO_BYTES = 12_000_000
# A whole recording, where chunkings are compared, is shown if it is not longer than this.
LONGEST_CARD_SECONDS = 180
MAX_FAILURES = 200
MAX_PAIRS = 150
# Below this many recordings a bootstrap over recordings is rough.
FEW_RECORDINGS = 10


@dataclass(frozen=True)
class MoreFigure:
    """A figure beside WER and CER: its name in conditions.csv, what it is, and its unit."""

    name: str
    description: str
    unit: str


# It belongs to no metric: it is no function of sums of counts.
MACRO_WER = MoreFigure(
    "wer_macro", "mean of the recordings' error rates, each weighing the same", "rate"
)


def compose_page(results: Results, params: ExperimentParams, sounds: StoredSounds) -> str:
    """A results folder and an experiment's parameters -> the page; see `build_report`."""
    folder = results.folder / "scores" / params.experiment.name
    study = read_study(folder, params)
    scores = read_scores(folder / SCORES.file_name, study)
    corpus = read_corpus(results, study)
    acquired = summarize(results)
    insights = read_insights(folder, study)
    bins = read_bins(folder)
    reading = read_transcripts(results, study, scores.condition_of)
    speeds = reading.stopwatch.read()
    suspects = read_suspects(folder)
    picks = pick_chunks(scores, CHUNKS_OF_EACH_KIND) or pick_unsure(scores, 2 * CHUNKS_OF_EACH_KIND)
    doubtful = pick_suspects(suspects)
    named = {pick.chunk for pick in doubtful}
    picks = [*doubtful, *(pick for pick in picks if pick.chunk not in named)]
    worth = len(picks)
    picks = [pick for pick in picks if card_seconds(study, corpus, pick) <= LONGEST_CARD_SECONDS]
    clips = ClipBox(AUDIO_BUDGET_BYTES, sounds)
    cards = make_cards(results, study, corpus, picks, scores, clips)
    rates = recording_rates(scores) if study.ranked and not scores.frame.empty else None
    groups = read_groups(results, params.experiment)
    heard = any(condition.chunks for condition in study.conditions)
    compared = {
        family: [row for row in study.comparisons if heard and row.family == family]
        for family in ("baseline", "pairs")
    }
    drawn = pick_conditions(study)
    many = len(drawn) < len(study.ranked)
    about = describe_sample(results, study, scores, corpus)
    versions = {**find_versions(), "ffmpeg": ", ".join(corpus.ffmpegs)}
    cuts = read_health(folder)
    whole = None
    if heard and not study.ranked and not study.silent:
        box = ClipBox(TRANSCRIPT_AUDIO_BYTES, sounds)
        whole = read_heard(results, study, corpus, scores, box)
    return render_page(
        study=study,
        verdict=give_verdict(study),
        about=about,
        caveats=find_caveats(study, scores, corpus),
        notices=groups[:MAX_NOTICES],
        notices_left_out=max(0, len(groups) - MAX_NOTICES),
        heard=heard,
        explorer=f"{quote(study.name)}/{FRONT}" if heard else "",
        only_here=any(not row.real and study.is_told_apart(row) for row in compared["baseline"]),
        tones={condition.name: tone_of(study, condition) for condition in study.conditions},
        main_figure=draw_conditions(study, drawn) if study.ranked else draw_confidence(study),
        whole_figure=draw_conditions(study, study.ranked, "all") if many else Markup(""),
        recordings_figure=Markup("") if rates is None else draw_recordings(study, rates, corpus),
        recordings_scored=0 if rates is None else len(rates),
        recordings_drawn=MAX_RECORDINGS,
        heat_map=Markup("") if rates is None else draw_heat_map(study, rates, corpus),
        pairs_figure=draw_pairs(study),
        interactions_figure=draw_interactions(study),
        along_figure=draw_along(study, insights) if study.ranked else Markup(""),
        speeds=speeds,
        bill=tell_bill(results, study, reading.spent),
        speed_figure=draw_tradeoff(study, speeds),
        response_figure=draw_response(study, reading.prompts) if study.ranked else Markup(""),
        pictures=draw_worst(results, study, worst_recordings(scores), sounds),
        insights=insights,
        reliability_figure=draw_reliability(study, bins),
        more_figures=_more_figures(study),
        baseline_rows=compared["baseline"],
        pair_rows=compared["pairs"][:MAX_PAIRS],
        pair_count=len(compared["pairs"]),
        normalizers=study.normalizers,
        cards=cards,
        transcripts=whole,
        suspects=suspects,
        combinations=list(read_table(COMBINATIONS, folder / COMBINATIONS.file_name)),
        copied=find_copied(
            list(read_table(CONDITIONS, folder / CONDITIONS.file_name)), folder / SCORES.file_name
        ),
        repeats=list(read_table(REPEATS, folder / REPEATS.file_name)),
        clips_left_out=clips.left_out,
        long_left_out=worth - len(picks),
        longest_card=LONGEST_CARD_SECONDS,
        health=cuts,
        scores_tiers=scores.tiers,
        audit=scores.audit,
        corpus=corpus,
        acquired=acquired,
        sources=acquired.sources_amiss_first()[:MAX_FAILURES],
        failures=corpus.failures[:MAX_FAILURES],
        prompts={name: reading.prompts.get(name) for name in params.prompts},
        show_prompt=show_prompt,
        runs=reading.runs,
        versions=versions,
        methods=write_methods(study, about, reading.runs, cuts, versions),
        downloads=make_downloads(folder, corpus.failures, acquired.sources),
        config=rebuild_config(params),
    )


def _more_figures(study: Study) -> list[MoreFigure]:
    """The figures of the metrics that the config asks for beside WER and CER, and the macro WER."""
    metrics = counted_metrics(study.params.scoring.metrics)
    known = {
        name
        for condition in study.conditions
        for name, (value, _, _) in condition.more.items()
        if value is not None
    }
    figures = [
        MoreFigure(figure.name, figure.description, figure.unit)
        for metric in metrics
        for figure in metric.figures
    ]
    return [figure for figure in (MACRO_WER, *figures) if figure.name in known]


def find_caveats(study: Study, scores: Scores, corpus: Corpus) -> list[str]:
    """What a reader should know before believing the verdict, each in a sentence."""
    caveats: list[str] = []
    if not study.ranked and not study.silent:
        return caveats
    scored = sum(scores.tiers.values())
    if scored < scores.transcribed:
        verb = "has" if scored == 1 else "have"
        was = "was" if scored == 1 else "were"
        caveats.append(
            f"{scored:,} of {scores.transcribed:,} recordings {verb} a reference that counts and "
            f"{was} scored."
        )
    if dominant := find_dominant(study, scores, corpus):
        caveats.append(dominant)
    if scored < FEW_RECORDINGS:
        noun = "recording" if scored == 1 else "recordings"
        caveats.append(
            f"Only {scored} {noun} with a reference: intervals and p-values from so few are rough, "
            "and say little about other recordings."
        )
    unit = (study.ranked or study.silent)[0].resampled_by
    if unit == "chunk":
        caveats.append(_chunks_resampled(study))
    elif unit not in (None, "recording"):
        rows = [row for row in study.comparisons if row.resampled_by == unit]
        units = max((row.units or 0 for row in rows), default=0)
        if 0 < units < FEW_RECORDINGS:
            caveats.append(
                f"Only {units} {outer_unit(unit)}s: intervals and p-values from so few are rough, "
                "and say little about others."
            )
    machine = scores.tiers.get("automatic_caption", 0)
    if made := scores.tiers.get("synthetic", 0):
        caveats.append(
            f"{made} of {sum(scores.tiers.values())} references are synthetic: the speech was made "
            "from the text. Recordings of people are harder."
        )
    if machine:
        caveats.append(
            f"{machine} of {sum(scores.tiers.values())} references are automatic captions, "
            "another machine's guess: agreement with them is not accuracy."
        )
    caveats += _other_winners(study) if study.ranked else []
    if corpus.failures:
        number, total = len(corpus.failures), len(corpus.titles)
        caveats.append(f"{number} of {total} recordings gave no transcript and are not counted.")
    return caveats


def _chunks_resampled(study: Study) -> str:
    """Why chunks were resampled instead of recordings, and what that means."""
    why = "There are too few recordings to resample, so chunks were"
    asked = study.params.scoring.bootstrap_unit == "chunk"
    if asked and study.recordings >= MIN_UNITS:
        why = "Chunks were resampled, not recordings, as scoring.bootstrap_unit asks"
    return (
        f"{why}: intervals and p-values hold for these recordings only. They treat the chunks of "
        "a recording as if they had nothing in common, and are too narrow for other recordings."
    )


def _other_winners(study: Study) -> list[str]:
    """Under which normalisers another condition is best."""
    best = study.ranked[0].name
    caveats = []
    for normalizer, by_condition in study.normalizers.items():
        lowest = min(by_condition, key=lambda name: by_condition[name])
        if normalizer != study.normalizer and by_condition[lowest] < by_condition.get(best, 0.0):
            caveats.append(
                f"The order depends on the normaliser: under {normalizer}, {lowest} is best."
            )
    return caveats
