"""
What jobs run in: the packages beside Snakemake, conda, a container, or environment modules.
"""

import shlex

from snakemake.settings.types import DeploymentMethod

DEPLOYMENTS = {
    DeploymentMethod.APPTAINER: "container",
    DeploymentMethod.ENV_MODULES: "modules",
}

# Rules call `snakescribe`. That is the one installed beside the running Snakemake; in a conda
# environment, this repository's; in a container or with environment modules, the one they bring.
DEPLOYED = workflow.deployment_settings.deployment_method
BESIDE = shlex.quote(str(Path(sys.executable).parent))
if DeploymentMethod.CONDA in DEPLOYED:
    # Said in the call: Snakemake takes the variable away from what runs in an environment.
    scripts = shlex.quote(str(Path(workflow.basedir).parent / "scripts"))
    scripts = scripts.replace("{", "{{").replace("}", "}}")
    shell.prefix(
        f'snakescribe() {{{{ PYTHONPATH={scripts} python -P -m snakescribe "$@"; }}}}; '
    )
elif not DEPLOYED:
    shell.prefix(f'PATH={BESIDE}:"$PATH"; ')

for method, key in DEPLOYMENTS.items():
    if method in DEPLOYED and not getattr(CONFIG.deployment, key):
        raise WorkflowError(
            f"--sdm {method.name.lower().replace('_', '-')}: deployment.{key} is empty: say in "
            f"the config what every job is to run in (config/README.md, section `deployment`)"
        )

if CONFIG.deployment.container:

    container: CONFIG.deployment.container
