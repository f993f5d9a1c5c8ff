"""
Load everything into Postgres: the server that SNAKESCRIBE_DATABASE_URL names, else an embedded one.

INPUTS:   all tables of an experiment, or those of the recordings alone
OUTPUTS:  <results>/load/{experiment}.json  receipt: rows by table
          <results>/described/load.json     the same for the recordings alone
"""


rule load_recordings:
    """Load what is known of the recordings before anything is fetched."""
    input:
        lock="<results>/items.tsv",
        games=rules.resolve_items.output.games,
        described=rules.look_up_recordings.output,
    output:
        receipt="<results>/described/load.json",
        notices="<results>/notices/load_recordings/all.tsv",
    log:
        "<logs>/load_recordings.log",
    localrule: True
    conda:
        "../../envs/load.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    resources:
        database=1,
    params:
        results=subpath(input.lock, parent=True),
        database=shown_address(os.environ[VARIABLE], given_ssh()),
        step_version=step_version("load.listed"),
    shell:
        r"""
        snakescribe load recordings \
            --results {params.results:q} \
            --receipt {output.receipt:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule load_experiment:
    """Load {wildcards.experiment} in one transaction; loading twice changes nothing."""
    input:
        lock="<results>/items.tsv",
        sources="<results>/sources.tsv",
        metadata=rules.describe_recordings.output,
        games=rules.resolve_items.output.games,
        terms=terms_of_experiment,
        transcripts=transcripts_of_experiment,
        scores="<results>/scores/{experiment}/chunks.parquet",
        tables=rules.compare_conditions.output,
        chunkings=rules.measure_chunkings.output,
        notices=notices_of_experiment,
    output:
        receipt="<results>/load/{experiment}.json",
        notices="<results>/notices/load_experiment/{experiment}.tsv",
    log:
        "<logs>/load_experiment/{experiment}.log",
    localrule: True
    conda:
        "../../envs/load.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    resources:
        database=1,
    params:
        results=subpath(input.lock, parent=True),
        settings=experiment_slice,
        # Without user or password: a new database is loaded.
        database=shown_address(os.environ[VARIABLE], given_ssh()),
        step_version=step_version("load.experiment"),
    shell:
        r"""
        snakescribe load experiment \
            --results {params.results:q} \
            --settings {params.settings:q} \
            --receipt {output.receipt:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule load:
    """Target: every experiment in the database."""
    input:
        rules.resolve_items.output,
        collect("<results>/load/{experiment}.json", experiment=EXPERIMENTS),
