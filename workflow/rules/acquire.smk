"""
Acquire the recordings: from the sources in the config to audio on disk.

INPUTS:   the sources that `recordings` and `context` name
OUTPUTS:  <results>/items.tsv               the lock file of the corpus
          <results>/sources.tsv             what was asked for them, and what came of it
          <results>/games/*.tsv             which games they are of, and who played
          <results>/described/*.tsv         what sites say, asked before anything is fetched
          <results>/recordings/{shard}.tsv  audio, captions and a status for every item
          <results>/metadata/*.tsv          what sites say about the recordings
          <results>/library/                links or copies under readable names
"""

METADATA = ["videos", "tags", "thumbnails", "localizations", "topics"]


checkpoint resolve_items:
    """List the recordings of all sources and give each a shard that it keeps."""
    input:
        hold_results,
    output:
        lock="<results>/items.tsv",
        sources="<results>/sources.tsv",
        games=collect(
            "<results>/games/{table}.tsv",
            table=["games", "game_teams", "game_players"],
        ),
        notices="<results>/notices/resolve_items/all.tsv",
    log:
        "<logs>/resolve_items.log",
    localrule: True
    conda:
        "../../envs/acquire.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    params:
        sources=as_json(CONFIG.recordings),
        context=as_json(CONFIG.context),
        sharding=CONFIG.sharding.recordings_per_shard,
        store=str(RESULTS.store),
        youtube_api=CONFIG.acquire.youtube_api_url,
        listing=fingerprints.listing_fingerprint(CONFIG),
        round=ROUNDS.get("resolve", 0),
        step_version=step_version("acquire.resolve"),
    shell:
        r"""
        snakescribe acquire resolve \
            --sources {params.sources:q} \
            --context {params.context:q} \
            --recordings-per-shard {params.sharding:q} \
            --youtube-api-url {params.youtube_api:q} \
            --store {params.store:q} \
            --output {output.lock:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule look_up_recordings:
    """Collect what sites say about the recordings before anything is fetched."""
    input:
        lock="<results>/items.tsv",
    output:
        collect("<results>/described/{table}.tsv", table=METADATA),
        notices="<results>/notices/look_up_recordings/all.tsv",
    log:
        "<logs>/look_up_recordings.log",
    localrule: True
    conda:
        "../../envs/acquire.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    params:
        results=subpath(input.lock, parent=True),
        youtube_api=CONFIG.acquire.youtube_api_url,
        has_key="YOUTUBE_API_KEY" in os.environ,
        round=ROUNDS.get("describe", 0),
        step_version=step_version("acquire.metadata"),
    shell:
        r"""
        snakescribe acquire describe \
            --before-download \
            --results {params.results:q} \
            --youtube-api-url {params.youtube_api:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule describe:
    """Target: what is known of the recordings in tables and in Postgres; nothing is fetched."""
    input:
        rules.resolve_items.output,
        "<results>/described/load.json",


rule fetch_recordings:
    """Fetch the recordings of {wildcards.shard}; what cannot be had gets a status."""
    input:
        lock=ancient("<results>/items.tsv"),
    output:
        recordings="<results>/recordings/{shard}.tsv",
        notices="<results>/notices/fetch_recordings/{shard}.tsv",
    log:
        "<logs>/fetch_recordings/{shard}.log",
    benchmark:
        "<benchmarks>/fetch_recordings/{shard}.tsv"
    conda:
        "../../envs/acquire.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    resources:
        mem_mb=ASKING.memory("fetch_recordings"),
        runtime=ASKING.runtime("fetch_recordings"),
    params:
        settings=as_json(rule_params.fetch_params(CONFIG)),
        fingerprint=lambda wildcards: fingerprints.shard_fingerprint(
            items(wildcards.shard)
        ),
        round=lambda wildcards: ROUNDS.get(wildcards.shard, 0),
        store=str(RESULTS.store),
        step_version=step_version("acquire.fetch"),
    shell:
        r"""
        snakescribe acquire fetch \
            --items {input.lock:q} \
            --shard {wildcards.shard:q} \
            --settings {params.settings:q} \
            --store {params.store:q} \
            --output {output.recordings:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule describe_recordings:
    """Collect what sites say about the recordings."""
    input:
        lock="<results>/items.tsv",
        recordings=over_shards("<results>/recordings/{shard}.tsv"),
    output:
        collect("<results>/metadata/{table}.tsv", table=METADATA),
        notices="<results>/notices/describe_recordings/all.tsv",
    log:
        "<logs>/describe_recordings.log",
    localrule: True
    conda:
        "../../envs/acquire.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    params:
        results=subpath(input.lock, parent=True),
        youtube_api=CONFIG.acquire.youtube_api_url,
        has_key="YOUTUBE_API_KEY" in os.environ,
        round=ROUNDS.get("metadata", 0),
        step_version=step_version("acquire.metadata"),
    shell:
        r"""
        snakescribe acquire describe \
            --results {params.results:q} \
            --youtube-api-url {params.youtube_api:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule lay_library:
    """Lay the acquired recordings by source, channel and day, under readable names."""
    input:
        lock="<results>/items.tsv",
        recordings=over_shards("<results>/recordings/{shard}.tsv"),
        metadata="<results>/metadata/videos.tsv",
    output:
        index="<results>/library/index.tsv",
        notices="<results>/notices/lay_library/all.tsv",
    log:
        "<logs>/lay_library.log",
    localrule: True
    conda:
        "../../envs/acquire.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    params:
        results=subpath(input.lock, parent=True),
        files=CONFIG.acquire.library,
        step_version=step_version("acquire.library"),
    shell:
        r"""
        snakescribe acquire library \
            --results {params.results:q} \
            --files {params.files:q} \
            --output {output.index:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule library:
    """Target: a folder of all acquired recordings that people can browse."""
    input:
        rules.resolve_items.output,
        rules.lay_library.output,


rule acquire:
    """Target: everything acquired."""
    input:
        rules.resolve_items.output,
        over_shards("<results>/recordings/{shard}.tsv"),
        "<results>/metadata/videos.tsv",
