"""A study -> the paragraph on methods that a paper needs, with what it cites."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from snakescribe.report.health import CutRow
from snakescribe.report.numbers import percent
from snakescribe.report.study import Study
from snakescribe.tables import Row

DIGEST = 12
WHISPER = (
    "Radford et al., Robust Speech Recognition via Large-Scale Weak Supervision, ICML 2023, "
    "arXiv 2212.04356"
)
SNAKEMAKE = "Mölder et al., Sustainable data analysis with Snakemake, F1000Research 10:33 (2021)"
BISANI = "Bisani & Ney, Bootstrap estimates for confidence intervals in ASR, ICASSP 2004"
LIU = "Liu & Peng, Statistical testing on ASR performance via blockwise bootstrap, arXiv 1912.09508"
HESTERBERG = (
    "Hesterberg, What Teachers Should Know About the Bootstrap, The American Statistician 69 (2015)"
)
MACKINNON = (
    "MacKinnon & White, Some heteroskedasticity-consistent covariance matrix estimators with "
    "improved finite sample properties, J. Econometrics 29 (1985)"
)
HANSEN = "Hansen, Econometrics, Princeton University Press (2022), section 4.23"
HOLM = "Holm, A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6 (1979)"
SEARLE = "Searle, Casella & McCulloch, Variance Components, Wiley (1992), section 3.6"
BENJAMINI = "Benjamini & Hochberg, Controlling the false discovery rate, JRSS B 57 (1995)"
SCHUIRMANN = (
    "Schuirmann, A comparison of the two one-sided tests procedure and the power approach, "
    "J. Pharmacokinetics and Biopharmaceutics 15 (1987)"
)


@dataclass(frozen=True)
class Methods:
    """Sentences to paste into a paper, and the works that they cite."""

    text: str
    cited: tuple[str, ...]


def write_methods(
    study: Study,
    sample: Sequence[str],
    runs: Mapping[str, Sequence[Row]],
    cuts: Sequence[CutRow],
    versions: Mapping[str, str],
) -> Methods:
    """What the page knows of a study -> its methods, in the past tense.

    Args:
        study: the study.
        sample: what stands under the title: recordings, minutes, words and so on.
        runs: by pass, what each transcription job recorded of itself.
        cuts: the rows of chunkings.csv.
        versions: of the packages in use.
    """
    cited = [SNAKEMAKE]
    distinct = {_engine(run): run for of_pass in runs.values() for run in of_pass}
    if any("whisper" in str(run.get("engine", "")) for run in distinct.values()):
        cited.append(WHISPER)
    made = f"snakescribe {versions.get('snakescribe', '')}".strip()
    workflow = f"Snakemake {versions.get('snakemake', '')}".strip()
    sentences = [
        f"The corpus ({'; '.join(sample)}) was processed with {made}, a workflow in {workflow}.",
        f"Recordings were cut into chunks ({_listed(_cut(cut) for cut in cuts)})." if cuts else "",
        f"Speech was recognised by {_listed(distinct)}." if distinct else "",
        _design(study),
    ]
    if repeated := _repeats(study):
        sentences.append(repeated)
        cited.append(SEARLE)
    if study.ranked:
        statistics, works = _statistics(study)
        sentences += statistics
        cited += works
    else:
        sentences.append("There were no reference transcripts, so nothing was scored.")
    return Methods(" ".join(filter(None, sentences)), tuple(cited))


def _engine(run: Row) -> str:
    weights = f"weights {run['weights']}" if run.get("weights") else ""
    digest = str(run.get("model_sha256") or "")
    parts = [weights, f"SHA-256 {digest[:DIGEST]}" if digest else ""]
    parts.append(str(run.get("compute_type") or ""))
    parts.append(f"on {run['device']}" if run.get("device") else "")
    name = f"{run.get('engine', 'an engine')} {run.get('engine_version', '')}".strip()
    inner = ", ".join(filter(None, parts))
    return f"{name} ({inner})" if inner else name


def _cut(row: CutRow) -> str:
    return row.method if row.name in ("", row.method) else f"{row.name}: {row.method}"


def _design(study: Study) -> str:
    if len(study.conditions) == 1:
        return ""
    factors = "; ".join(
        f"{factor} ({', '.join(levels)})" for factor, levels in study.factors.items()
    )
    crossed = f" of the factors {factors}" if factors else ""
    how = "each chunk was transcribed under every condition"
    if study.design == "random_groups":
        seed = study.params.experiment.seed
        how = f"each chunk was transcribed under one condition, drawn at random (seed {seed})"
    return (
        f"There were {len(study.conditions)} conditions{crossed}, with {study.baseline.name} as "
        f"the baseline; {how}."
    )


def _repeats(study: Study) -> str:
    """How often conditions were decoded, where that is more than once."""
    used = dict.fromkeys(condition.levels["decoding"] for condition in study.conditions)
    counts = {name: study.params.decoding[name].repeats for name in used}
    told = [f"{count} times with {name}" for name, count in counts.items() if count > 1]
    if not told:
        return ""
    return (
        f"Each chunk was decoded {_listed(told)}; counts are means over repeats, and intervals, by "
        "recordings, hold both kinds of variance, whose components are those of a one-way "
        "random-effects analysis of variance [Searle et al. 1992]."
    )


def _intervals(study: Study, unit: str, *, adjusted: bool) -> str:
    """How intervals are made of units that are drawn or left out."""
    scoring, level = study.params.scoring, percent(study.confidence, 0)
    drawn = (
        f"a bootstrap that draws each {unit} with replacement ({scoring.bootstrap_replicates:,} "
        f"replicates, seed {scoring.seed}) [Bisani & Ney 2004; Liu & Peng 2020]"
    )
    if not adjusted:
        return f"Intervals ({level}) are percentiles of {drawn}."
    return (
        f"Intervals ({level}) are by Student's t: those of rates with the cluster-robust standard "
        f"error CR3, a jackknife that leaves out each {unit} "
        "[MacKinnon & White 1985; Hansen 2022], on the logit scale; those of differences with the "
        f"standard error of {drawn} [Hesterberg 2015]."
    )


def _statistics(study: Study) -> tuple[list[str], list[str]]:
    """How words were counted and differences tested, and what that rests on."""
    scoring, best = study.params.scoring, study.ranked[0]
    rules = ", ".join(filter(None, (best.normalizer_version, _digest(best.normalizer_digest))))
    kind = f"{study.rate_name} ({study.rate})"
    unit = best.resampled_by or "recording"
    adjusted = scoring.interval == "adjusted"
    tests = [
        f"References and hypotheses were normalised by the rules {study.normalizer}"
        f"{f' ({rules})' if rules else ''}; the {kind} is substitutions, deletions and insertions "
        "of the alignment at minimum edit distance, per reference "
        f"{'character' if study.rate == 'CER' else 'word'}, summed over the corpus.",
        _intervals(study, unit, adjusted=adjusted),
    ]
    cited = [BISANI, LIU, *([HESTERBERG, MACKINNON, HANSEN] if adjusted else [])]
    if len(study.conditions) > 1:
        paired = "unpaired" if study.design == "random_groups" else "paired, on chunks of both"
        tests.append(
            f"Differences ({paired}) were tested two-sided at {study.alpha:g}; p was adjusted by "
            "Holm's method for the comparisons with the baseline [Holm 1979] and by that of "
            "Benjamini and Hochberg for all pairs [Benjamini & Hochberg 1995]."
        )
        cited += [HOLM, BENJAMINI]
        if margin := scoring.equivalence_margin:
            tests.append(
                "Conditions were called equivalent where two one-sided t-tests, Bonferroni "
                f"corrected, ruled out a difference of more than {_points(margin)} "
                "[Schuirmann 1987]."
            )
            cited.append(SCHUIRMANN)
    return tests, cited


def _digest(digest: str | None) -> str:
    return f"SHA-256 {digest[:DIGEST]}" if digest else ""


def _points(margin: float) -> str:
    return "one point" if margin == 0.01 else f"{100 * margin:g} points"


def _listed(parts: Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
