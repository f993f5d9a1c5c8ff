# The workflow, its packages and the demo in one image (docs/docker.md). Work lies in the folder
# that is mounted at /work, with Snakemake's memory beside it.
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS packages
# Packages beside the pinned ones, such as "nvidia-cublas-cu12 nvidia-cudnn-cu12" for NVIDIA GPUs.
ARG MORE_PACKAGES=""
WORKDIR /opt/snakescribe
RUN python3 -m venv /opt/venv
COPY requirements.txt ./
# hadolint ignore=DL3042,SC2086
RUN --mount=type=cache,target=/var/cache/pip \
    /opt/venv/bin/pip install --cache-dir /var/cache/pip --requirement requirements.txt ${MORE_PACKAGES}
COPY pyproject.toml LICENSE README.md ./
COPY scripts scripts
COPY workflow workflow
COPY envs envs
COPY resources resources
COPY config config
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --editable . \
    && /opt/venv/bin/python -m compileall -q /opt/venv/lib scripts

FROM ${BASE}
# libnss-wrapper gives a name to a user who has none (`docker run --user 1234`): PostgreSQL asks.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libnss-wrapper \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 snakescribe \
    && install --directory --mode 1777 /cache /work
COPY --from=packages /opt/venv /opt/venv
COPY --from=packages /opt/snakescribe /opt/snakescribe
COPY docker/docker-entrypoint.sh /usr/local/bin/
ENV PATH=/opt/venv/bin:${PATH} SNAKESCRIBE_CACHE=/cache LANG=C.UTF-8
VOLUME ["/cache"]
WORKDIR /work
USER 1000
HEALTHCHECK --interval=1m --timeout=30s CMD ["snakescribe", "--version"]
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["snakescribe", "--help"]
