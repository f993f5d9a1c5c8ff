"""
Process the audio: from recordings as they came to chunks that a model can take.

INPUTS:   <results>/recordings/{shard}.tsv
OUTPUTS:  <results>/audio/{variant}/{shard}.tsv   16 kHz mono, with the variant's filters applied
          <results>/plans/{cut}{shard}.tsv             where every variant is cut
          <results>/chunks/{cut}{variant}/{shard}.tsv  the chunks, with figures of their quality

`cut` is empty for the section `chunking`; else it is the name of an entry of `chunkings` and a slash.
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
    envmodules:
        *CONFIG.deployment.modules,
    threads: 4
    resources:
        mem_mb=ASKING.memory("prepare_audio"),
        runtime=ASKING.runtime("prepare_audio"),
    params:
        filters=lambda wildcards: as_json(CONFIG.audio[wildcards.variant].filters),
        listening=lambda wildcards: rule_params.listening_options(
            CONFIG, wildcards.variant, items(wildcards.shard)
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
            --shard {wildcards.shard:q} \
            --filters {params.filters:q} \
            {params.listening:q} \
            --store {params.store:q} \
            --output {output.audio:q} \
            --threads {threads:q} \
            --notices {output.notices:q} \
            --variant {wildcards.variant:q} 2>>{log:q}
        """


rule plan_chunks:
    """Find speech in {wildcards.shard} once and decide where every variant is cut."""
    input:
        unpack(inputs_of_plan),
        lock=ancient("<results>/items.tsv"),
    output:
        plans="<results>/plans/{cut}{shard}.tsv",
        notices="<results>/notices/plan_chunks/{cut}{shard}.tsv",
    log:
        "<logs>/plan_chunks/{cut}{shard}.log",
    benchmark:
        "<benchmarks>/plan_chunks/{cut}{shard}.tsv"
    conda:
        "../../envs/process.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    threads: 4
    resources:
        mem_mb=ASKING.memory("plan_chunks"),
        runtime=ASKING.runtime("plan_chunks"),
    params:
        chunking=lambda wildcards: as_json(
            rule_params.plan_params(
                CONFIG, CHUNKINGS[wildcards.cut], items(wildcards.shard)
            )
        ),
        recordings=str(RESULTS.folder / "recordings"),
        store=str(RESULTS.store),
        step_version=step_version("process.plan"),
    shell:
        r"""
        snakescribe process plan \
            --audio {input.audio:q} \
            --chunking {params.chunking:q} \
            --store {params.store:q} \
            --output {output.plans:q} \
            --threads {threads:q} \
            --notices {output.notices:q} \
            --place {wildcards.cut:q}{wildcards.shard:q} \
            --items {input.lock:q} \
            --shard {wildcards.shard:q} \
            --recordings {params.recordings:q}/{wildcards.shard}.tsv 2>>{log:q}
        """


rule cut_chunks:
    """Cut the variant {wildcards.variant} of {wildcards.shard} as the plan says."""
    input:
        audio="<results>/audio/{variant}/{shard}.tsv",
        plans="<results>/plans/{cut}{shard}.tsv",
        # The same sound without any filter, which this variant is compared with.
        raw=lambda wildcards: [
            f"<results>/audio/{name}/{wildcards.shard}.tsv"
            for name in rule_params.unfiltered_variant(
                CONFIG, VARIANTS, wildcards.variant
            )
        ],
    output:
        chunks="<results>/chunks/{cut}{variant}/{shard}.tsv",
        notices="<results>/notices/cut_chunks/{cut}{variant}/{shard}.tsv",
    log:
        "<logs>/cut_chunks/{cut}{variant}/{shard}.log",
    benchmark:
        "<benchmarks>/cut_chunks/{cut}{variant}/{shard}.tsv"
    conda:
        "../../envs/process.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    threads: 4
    resources:
        mem_mb=ASKING.memory("cut_chunks"),
        runtime=ASKING.runtime("cut_chunks"),
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
            --variant {wildcards.cut:q}{wildcards.variant:q} 2>>{log:q}
        """


rule process:
    """Target: every audio variant cut into chunks."""
    input:
        rules.resolve_items.output,
        over_shards("<results>/chunks/{place}/{shard}.tsv", place=CUT_VARIANTS),
