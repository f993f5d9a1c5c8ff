"""
Report: one self-contained HTML page for each experiment, the explorer of all its chunks beside it,
and what is said of a run.

INPUTS:   all tables of an experiment, and the sound of its chunks
OUTPUTS:  <results>/report/{experiment}.html
          <results>/report/{experiment}/
"""

from snakescribe.workflow.bill import settle
from snakescribe.workflow.following import follow

follow(CONFIG, RESULTS, workflow)  # `--logger snakescribe` tells of it
ENDING = Ending(RESULTS, EXPERIMENTS.values(), VARIANTS)

if workflow.is_main_process:
    ENDING.begin()
    atexit.register(ENDING.end_idle, workflow)


onsuccess:
    settle(CONFIG, RESULTS)
    if code := ENDING.end():
        sys.exit(code)


onerror:
    sweep(RESULTS)
    if code := ENDING.end(failed=True):
        sys.exit(code)


rule build_report:
    """Write the page that answers the question of {wildcards.experiment}, and its explorer."""
    input:
        lock="<results>/items.tsv",
        transcripts=transcripts_of_experiment,
        scores="<results>/scores/{experiment}/chunks.parquet",
        tables=rules.compare_conditions.output,
        chunkings=rules.measure_chunkings.output,
        notices=notices_of_experiment,
    output:
        page=report(
            "<results>/report/{experiment}.html",
            caption="../report/experiment.rst",
            category="Experiments",
        ),
        explorer=directory("<results>/report/{experiment}"),
        notices="<results>/notices/build_report/{experiment}.tsv",
    log:
        "<logs>/build_report/{experiment}.log",
    conda:
        "../../envs/report.yaml"
    envmodules:
        *CONFIG.deployment.modules,
    resources:
        mem_mb=ASKING.memory("build_report"),
        runtime=ASKING.runtime("build_report"),
    params:
        results=subpath(input.lock, parent=True),
        settings=experiment_slice,
        step_version=step_version("report.build"),
    shell:
        r"""
        snakescribe report build \
            --results {params.results:q} \
            --settings {params.settings:q} \
            --output {output.page:q} \
            --notices {output.notices:q} 2>>{log:q}
        """


rule report:
    """Target: every experiment's report."""
    input:
        rules.resolve_items.output,
        collect(rules.build_report.output, experiment=EXPERIMENTS),
