"""
Transcribe the chunks: one job for each pass (a model on an audio variant, cut in one way) and shard.

INPUTS:   <results>/chunks/{cut}{variant}/{shard}.tsv
OUTPUTS:  <results>/models/{model}.json                    where a model's verified weights lie
          <results>/transcripts/{passname}/{shard}.parquet  every chunk, prompt and decoding
          <results>/exports/{passname}/{shard}.tsv        only asked for: text, subtitles, CTM
"""


rule fetch_model:
    """Fetch the weights of {wildcards.model} and verify them."""
    output:
        model="<results>/models/{model}.json",
        notices="<results>/notices/fetch_model/{model}.tsv",
    log:
        "<logs>/fetch_model/{model}.log",
    localrule: True
    conda:
        lambda wildcards: rule_params.transcribe_environment(
            CONFIG.models[wildcards.model]
        )
    envmodules:
        *CONFIG.deployment.modules,
    params:
        engine=lambda wildcards: CONFIG.models[wildcards.model].engine,
        weights=lambda wildcards: CONFIG.models[wildcards.model].weights,
        options=lambda wildcards: as_json(
            rule_params.engine_options(CONFIG.models[wildcards.model])
        ),
        state=lambda wildcards: fingerprints.weights_state(
            CONFIG.models[wildcards.model]
        ),
        step_version=step_version("transcribe.weights.fetch"),
    shell:
        r"""
        snakescribe models fetch {params.weights:q} \
            --engine {params.engine:q} \
            --options {params.options:q} \
            --receipt {output.model:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule transcribe_chunks:
    """Transcribe the chunks of {wildcards.shard} under all conditions of {wildcards.passname}."""
    input:
        lock=ancient("<results>/items.tsv"),
        recordings="<results>/recordings/{shard}.tsv",
        plans=lambda wildcards: (
            f"<results>/plans/{PASSES[wildcards.passname].cut}{wildcards.shard}.tsv"
        ),
        chunks=lambda wildcards: (
            f"<results>/chunks/{PASSES[wildcards.passname].place}/{wildcards.shard}.tsv"
        ),
        audio=lambda wildcards: (
            f"<results>/audio/{PASSES[wildcards.passname].audio}/{wildcards.shard}.tsv"
        ),
        model=model_of_pass,
        guides=guides_of_pass,
    output:
        transcripts="<results>/transcripts/{passname}/{shard}.parquet",
        notices="<results>/notices/transcribe_chunks/{passname}/{shard}.tsv",
    log:
        "<logs>/transcribe_chunks/{passname}/{shard}.log",
    benchmark:
        "<benchmarks>/transcribe_chunks/{passname}/{shard}.tsv"
    conda:
        lambda wildcards: rule_params.transcribe_environment(
            CONFIG.models[PASSES[wildcards.passname].model]
        )
    envmodules:
        *CONFIG.deployment.modules,
    threads: 2
    resources:
        gpu=1,
        gpu_mem_mb=lambda wildcards: rule_params.gpu_memory(
            CONFIG.models[PASSES[wildcards.passname].model]
        ),
        mem_mb=ASKING.memory("transcribe_chunks"),
        runtime=ASKING.runtime(
            "transcribe_chunks",
            lambda wildcards: rule_params.decodings_of(
                CONFIG, PASSES[wildcards.passname], EXPERIMENTS
            ),
        ),
    params:
        settings=lambda wildcards: as_json(
            rule_params.pass_params(CONFIG, PASSES[wildcards.passname], EXPERIMENTS)
        ),
        context=lambda wildcards: fingerprints.context_fingerprint(
            items(wildcards.shard)
        ),
        references=lambda wildcards: fingerprints.references_of_guide(
            CONFIG.models[PASSES[wildcards.passname].model], items(wildcards.shard)
        )
        + rule_params.state_of_lists(
            rule_params.pass_params(CONFIG, PASSES[wildcards.passname], EXPERIMENTS),
            items,
            wildcards.shard,
        ),
        guides=lambda _, input: [f"--guide={path}" for path in input.guides],
        store=str(RESULTS.store),
        step_version=step_version("transcribe.run"),
    shell:
        r"""
        snakescribe transcribe run \
            --items {input.lock:q} \
            --recordings {input.recordings:q} \
            --plans {input.plans:q} \
            --chunks {input.chunks:q} \
            --audio {input.audio:q} \
            --model {input.model:q} \
            --settings {params.settings:q} \
            --shard {wildcards.shard:q} \
            {params.guides:q} \
            --gpus {resources.gpu:q} \
            --threads {threads:q} \
            --room {resources.mem_mb:q} {resources.gpu_mem_mb:q} \
            --store {params.store:q} \
            --output {output.transcripts:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule transcribe:
    """Target: every condition of every experiment transcribed."""
    input:
        rules.resolve_items.output,
        over_shards(
            "<results>/transcripts/{passname}/{shard}.parquet", passname=list(PASSES)
        ),


rule export_transcripts:
    """Write the transcripts of {wildcards.passname}, {wildcards.shard}, for other programs."""
    input:
        transcripts="<results>/transcripts/{passname}/{shard}.parquet",
    output:
        listed="<results>/exports/{passname}/{shard}.tsv",
    log:
        "<logs>/export_transcripts/{passname}/{shard}.log",
    conda:
        "../../envs/transcribe.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    params:
        formats=as_json(CONFIG.export.formats),
        folder=subpath(output.listed, ancestor=2),
        step_version=step_version("transcribe.export.run"),
    shell:
        r"""
        snakescribe transcribe export \
            --transcripts {input.transcripts:q} \
            --passname {wildcards.passname:q} \
            --formats {params.formats:q} \
            --folder {params.folder:q} \
            --output {output.listed:q} 2>>{log:q}
        """


rule export:
    """Target: every transcript as files, in the formats of the config's `export`."""
    input:
        rules.resolve_items.output,
        over_shards("<results>/exports/{passname}/{shard}.tsv", passname=list(PASSES)),
