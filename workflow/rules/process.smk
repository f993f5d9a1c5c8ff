"""
Process the audio: from recordings as they came to chunks that a model can take.

INPUTS:   <results>/recordings/{shard}.tsv
OUTPUTS:  <results>/audio/{variant}/{shard}.tsv   16 kHz mono, with the variant's filters applied
          <results>/plans/{shard}.tsv             where every variant is cut
          <results>/chunks/{variant}/{shard}.tsv  the chunks, with figures of their quality
"""


rule prepare_audio:
    """Turn the recordings of {wildcards.shard} into the variant {wildcards.variant}."""
    input:
        lock=ancient("<results>/items.tsv"),
        recordings="<results>/recordings/{shard}.tsv",
    output:
        audio="<results>/audio/{variant}/{shard}.tsv",
        notices="<results>/notices/prepare_audio/{variant}/{shard}.tsv",
    log:
        "<logs>/prepare_audio/{variant}/{shard}.log",
    benchmark:
        "<benchmarks>/prepare_audio/{variant}/{shard}.tsv"
    conda:
        "../../envs/process.yaml"
    threads: 4
    resources:
        mem_mb=3000,
    params:
        filters=lambda wildcards: as_json(CONFIG.audio[wildcards.variant].filters),
        listening=lambda wildcards: rule_params.listening_options(
            CONFIG, wildcards.variant
        ),
        columns=lambda wildcards: fingerprints.wishes_fingerprint(
            items(wildcards.shard)
        ),
        store=str(RESULTS.store),
        step_version=step_version("process.prepare"),
    shell:
        r"""
        snakescribe process prepare \
            --recordings {input.recordings:q} \
            --items {input.lock:q} \
            --filters {params.filters:q} \
            {params.listening:q} \
            --store {params.store:q} \
            --output {output.audio:q} \
            --threads {threads:q} \
            --notices {output.notices:q} \
            --variant {wildcards.variant:q} 2>{log:q}
        """


rule plan_chunks:
    """Find speech in {wildcards.shard} once and decide where every variant is cut."""
    input:
        audio=f"<results>/audio/{CONFIG.chunking.detect_on}/{{shard}}.tsv",
    output:
        plans="<results>/plans/{shard}.tsv",
    log:
        "<logs>/plan_chunks/{shard}.log",
    benchmark:
        "<benchmarks>/plan_chunks/{shard}.tsv"
    conda:
        "../../envs/process.yaml"
    threads: 4
    resources:
        mem_mb=3000,
    params:
        chunking=as_json(CONFIG.chunking),
        store=str(RESULTS.store),
        step_version=step_version("process.plan"),
    shell:
        r"""
        snakescribe process plan \
            --audio {input.audio:q} \
            --chunking {params.chunking:q} \
            --store {params.store:q} \
            --output {output.plans:q} \
            --threads {threads:q} 2>{log:q}
        """


rule cut_chunks:
    """Cut the variant {wildcards.variant} of {wildcards.shard} as the plan says."""
    input:
        audio="<results>/audio/{variant}/{shard}.tsv",
        plans="<results>/plans/{shard}.tsv",
        # The same sound without any filter, which this variant is compared with.
        raw=lambda wildcards: [
            f"<results>/audio/{name}/{wildcards.shard}.tsv"
            for name in rule_params.unfiltered_variant(
                CONFIG, VARIANTS, wildcards.variant
            )
        ],
    output:
        chunks="<results>/chunks/{variant}/{shard}.tsv",
        notices="<results>/notices/cut_chunks/{variant}/{shard}.tsv",
    log:
        "<logs>/cut_chunks/{variant}/{shard}.log",
    benchmark:
        "<benchmarks>/cut_chunks/{variant}/{shard}.tsv"
    conda:
        "../../envs/process.yaml"
    threads: 4
    resources:
        mem_mb=2000,
    params:
        raw=lambda wildcards, input: ["--raw", *input.raw] if input.raw else [],
        store=str(RESULTS.store),
        step_version=step_version("process.cut"),
    shell:
        r"""
        snakescribe process cut \
            --audio {input.audio:q} \
            --plans {input.plans:q} {params.raw:q} \
            --store {params.store:q} \
            --output {output.chunks:q} \
            --threads {threads:q} \
            --notices {output.notices:q} \
            --variant {wildcards.variant:q} 2>{log:q}
        """


rule process:
    """Target: every audio variant cut into chunks."""
    input:
        rules.resolve_items.output,
        over_shards("<results>/chunks/{variant}/{shard}.tsv", variant=VARIANTS),
