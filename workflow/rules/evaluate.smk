"""
Evaluate the transcripts: from words to scores, intervals and tests. Never touches a GPU.

INPUTS:   <results>/transcripts/{passname}/{shard}.parquet, references from <results>/items.tsv
OUTPUTS:  <results>/scores/{experiment}/chunks.parquet   errors of every chunk and condition
          <results>/scores/{experiment}/conditions.csv   one row a condition
          <results>/scores/{experiment}/comparisons.csv  each condition against the baseline; pairs
          <results>/scores/{experiment}/metrics.csv      every figure under every normaliser
          <results>/scores/{experiment}/factors.csv      the effect of each factor, all else equal
          <results>/scores/{experiment}/strata.csv       figures by SNR, tier and what you declare
          <results>/scores/{experiment}/calibration.csv  the model's confidence against accuracy
          <results>/scores/{experiment}/terms.csv        recall and precision of each term
          <results>/scores/{experiment}/errors.csv       the most frequent errors
          <results>/scores/{experiment}/suspects.csv     words of references that may be wrong
          <results>/scores/{experiment}/combinations.csv engines together: ROVER and the oracle
          <results>/scores/{experiment}/repeats.csv      how much is the noise of the model itself
          <results>/scores/{experiment}/chunkings.csv    fill, lost speech and cuts of each chunking
"""


rule score_transcripts:
    """Align the transcripts of {wildcards.experiment} with their references and count errors."""
    input:
        lock="<results>/items.tsv",
        recordings=over_shards("<results>/recordings/{shard}.tsv"),
        plans=plans_of_experiment,
        chunks=chunks_of_experiment,
        transcripts=transcripts_of_experiment,
        audio=silenced_audio_of_experiment,
        terms=CONFIG.scoring.terms.tables,
        corrections=CONFIG.scoring.corrections,
    output:
        scores="<results>/scores/{experiment}/chunks.parquet",
        notices="<results>/notices/score_transcripts/{experiment}.tsv",
    log:
        "<logs>/score_transcripts/{experiment}.log",
    benchmark:
        "<benchmarks>/score_transcripts/{experiment}.tsv"
    conda:
        "../../envs/evaluate.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    threads: 2
    resources:
        mem_mb=ASKING.memory("score_transcripts"),
        runtime=ASKING.runtime("score_transcripts"),
    params:
        results=subpath(input.lock, parent=True),
        settings=score_settings,
        references=lambda _: fingerprints.references_fingerprint(items()),
        step_version=step_version("evaluate.score.run"),
    shell:
        r"""
        snakescribe evaluate score \
            --results {params.results:q} \
            --settings {params.settings:q} \
            --threads {threads:q} \
            --output {output.scores:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule compare_conditions:
    """Sum the errors of {wildcards.experiment} by condition and compare with the baseline."""
    input:
        scores="<results>/scores/{experiment}/chunks.parquet",
    output:
        conditions="<results>/scores/{experiment}/conditions.csv",
        comparisons="<results>/scores/{experiment}/comparisons.csv",
        metrics="<results>/scores/{experiment}/metrics.csv",
        factors="<results>/scores/{experiment}/factors.csv",
        strata="<results>/scores/{experiment}/strata.csv",
        calibration="<results>/scores/{experiment}/calibration.csv",
        terms="<results>/scores/{experiment}/terms.csv",
        errors="<results>/scores/{experiment}/errors.csv",
        suspects="<results>/scores/{experiment}/suspects.csv",
        combinations="<results>/scores/{experiment}/combinations.csv",
        repeats="<results>/scores/{experiment}/repeats.csv",
        notices="<results>/notices/compare_conditions/{experiment}.tsv",
    log:
        "<logs>/compare_conditions/{experiment}.log",
    benchmark:
        "<benchmarks>/compare_conditions/{experiment}.tsv"
    conda:
        "../../envs/evaluate.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    threads: 2
    resources:
        mem_mb=ASKING.memory("compare_conditions"),
        runtime=ASKING.runtime("compare_conditions"),
    params:
        settings=compare_settings,
        step_version=step_version("evaluate.compare.run"),
    shell:
        r"""
        snakescribe evaluate compare \
            --scores {input.scores:q} \
            --settings {params.settings:q} \
            --threads {threads:q} \
            --conditions {output.conditions:q} \
            --comparisons {output.comparisons:q} \
            --metrics {output.metrics:q} \
            --factors {output.factors:q} \
            --strata {output.strata:q} \
            --calibration {output.calibration:q} \
            --terms {output.terms:q} \
            --errors {output.errors:q} \
            --suspects {output.suspects:q} \
            --combinations {output.combinations:q} \
            --repeats {output.repeats:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule measure_chunkings:
    """Tell how full the chunks of {wildcards.experiment} are and which cuts fall on speech."""
    input:
        lock="<results>/items.tsv",
        recordings=over_shards("<results>/recordings/{shard}.tsv"),
        plans=plans_of_experiment,
        transcripts=transcripts_of_experiment,
    output:
        chunkings="<results>/scores/{experiment}/chunkings.csv",
    log:
        "<logs>/measure_chunkings/{experiment}.log",
    conda:
        "../../envs/evaluate.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    resources:
        mem_mb=ASKING.memory("measure_chunkings"),
        runtime=ASKING.runtime("measure_chunkings"),
    params:
        results=subpath(input.lock, parent=True),
        settings=lambda wildcards: as_json(
            rule_params.chunking_params(CONFIG, EXPERIMENTS[wildcards.experiment])
        ),
        references=lambda _: fingerprints.references_fingerprint(items()),
        step_version=step_version("evaluate.chunkings"),
    shell:
        r"""
        snakescribe evaluate chunkings \
            --results {params.results:q} \
            --settings {params.settings:q} \
            --output {output.chunkings:q} 2>>{log:q}
        """


rule evaluate:
    """Target: every experiment scored and compared."""
    input:
        rules.resolve_items.output,
        collect(rules.compare_conditions.output, experiment=EXPERIMENTS),
        collect(rules.measure_chunkings.output, experiment=EXPERIMENTS),
