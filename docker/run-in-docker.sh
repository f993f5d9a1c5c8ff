#!/usr/bin/env bash
# Run snakescribe in Docker as it runs without: in this folder, as this user, with its results here.
#   docker/run-in-docker.sh demo
#   docker/run-in-docker.sh snakemake --configfile study.yaml
#   docker/run-in-docker.sh snakescribe status results
# DOCKER: the program (docker; podman works too). SNAKESCRIBE_IMAGE: the image; it is built where it
# is not there. SNAKESCRIBE_MOUNTS: more folders that jobs read, separated by spaces: "/data /music".
# Keys, proxies and the database's address are passed on where they are set. GPUs are passed on
# where `nvidia-smi` is there.
set -euo pipefail

docker=${DOCKER:-docker}
image=${SNAKESCRIBE_IMAGE:-snakescribe}
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

"$docker" image inspect "$image" >/dev/null 2>&1 ||
    "$docker" build --tag "$image" "$repository"

options=(--rm --init --user "$(id -u):$(id -g)" --volume "$PWD:/work" --volume snakescribe-cache:/cache)
for folder in ${SNAKESCRIBE_MOUNTS:-}; do options+=(--volume "$folder:$folder:ro"); done
while IFS='=' read -r name _; do options+=(--env "$name"); done < <(
    env | grep -E '^(SNAKESCRIBE_[A-Z_]*_?(URL|KEY|COOKIES|LOG_LEVEL)|[A-Z_]+_API_KEY|HF_TOKEN|PG[A-Z]+|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY)=' | sort
)
if command -v nvidia-smi >/dev/null; then options+=(--gpus all); fi
if [ -t 0 ] && [ -t 1 ]; then options+=(--interactive --tty); fi
exec "$docker" run "${options[@]}" "$image" "$@"
