FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make git \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /snakescribe
COPY requirements.txt pyproject.toml LICENSE README.md ./
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --editable .
ENV SNAKESCRIBE_CACHE=/cache
VOLUME ["/cache", "/snakescribe/results"]
ENTRYPOINT ["snakemake"]
CMD ["--configfile", "config/demo.yaml"]
