"""
Input functions: what rules read that depends on the configuration and on what was listed.
"""


def begin_run(written):
    """Keep what the run was told, and begin it in the logs."""
    write_record(RESULTS, written, RECORD)
    logs = Path(os.environ[FOLDER_VARIABLE])
    begin_logs(logs, CONFIG.logging.runs, ", ".join(CONFIGFILES))


def hold_results(_):
    """No file; but nothing is asked of rules before this run is the only one in its results."""
    if workflow.executor_plugin and not workflow.dryrun and workflow.is_main_process:
        with stopping_on_faults():
            hold(RESULTS, Path.cwd(), workflow.executor_settings)
            restore_items(RESULTS)
            if not MODIFIER.is_main_snakefile():  # a module's `onstart` is not called
                begin_run({**WRITTEN, "results": str(RESULTS.folder)})
    elif workflow.is_main_process:
        tell_spoilt_items(RESULTS)
    return []


def inputs_of_plan(wildcards):
    """The audio that speech is found in; to cut at a reference's borders, what tells of that too."""
    entry, shard = CHUNKINGS[wildcards.cut], wildcards.shard
    inputs = {"audio": f"<results>/audio/{entry.detect_on}/{shard}.tsv"}
    if entry.method == "reference":
        inputs["recordings"] = f"<results>/recordings/{shard}.tsv"
    return inputs


def model_of_pass(wildcards):
    """The receipt of the model that a pass runs."""
    return f"<results>/models/{PASSES[wildcards.passname].model}.json"


def guides_of_pass(wildcards):
    """The transcripts by which those that exist already, without times, are cut at the chunks."""
    planned = PASSES[wildcards.passname]
    guides = rule_params.guides_of(CONFIG, EXPERIMENTS.values(), planned)
    return [
        f"<results>/transcripts/{guide}/{wildcards.shard}.parquet" for guide in guides
    ]


def plans_of_experiment(wildcards):
    """The chunk plans that an experiment compares, over all shards."""
    cuts = EXPERIMENTS[wildcards.experiment].cuts
    return over_shards("<results>/plans/{cut}{shard}.tsv", cut=cuts)(wildcards)


def terms_of_experiment(wildcards):
    """The tables of terms that its prompts have."""
    return rule_params.terms_tables(CONFIG, EXPERIMENTS[wildcards.experiment])


def transcripts_of_experiment(wildcards):
    """The transcripts of an experiment, over its passes and all shards."""
    conditions = EXPERIMENTS[wildcards.experiment].conditions
    passes = sorted({condition.passname for condition in conditions})
    pattern = "<results>/transcripts/{passname}/{shard}.parquet"
    return over_shards(pattern, passname=passes)(wildcards)


def chunks_of_experiment(wildcards):
    """The chunks of the audio that an experiment's conditions use, for their SNR."""
    places = sorted(
        {cell.place for cell in EXPERIMENTS[wildcards.experiment].conditions}
    )
    return over_shards("<results>/chunks/{place}/{shard}.tsv", place=places)(wildcards)


def silenced_audio_of_experiment(wildcards):
    """The audio in which terms are silenced, which says where."""
    variants = rule_params.silenced_variants(CONFIG, EXPERIMENTS[wildcards.experiment])
    pattern = "<results>/audio/{variant}/{shard}.tsv"
    return over_shards(pattern, variant=variants)(wildcards) if variants else []


def notices_of_experiment(wildcards):
    """What the jobs behind an experiment have to tell, over all shards."""
    checkpoints.resolve_items.get()
    jobs = RESULTS.notice_jobs(EXPERIMENTS[wildcards.experiment])
    return [f"<results>/notices/{step}/{place}.tsv" for step, place in jobs]
