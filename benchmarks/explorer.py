"""What the explorer costs with many chunks: to build, on disk, and in Chromium.

    .venv/bin/python benchmarks/explorer.py [FOLDER] [THOUSANDS OF CHUNKS] [CONDITIONS]

A thousand made-up chunks of 30 words are scored and compared by `snakescribe evaluate`; the others
are copies of them under other names, so that neither is measured. Texts repeat only from block to
block, and each is packed for itself. Wanted for 50,000 chunks x 20 conditions: first paint in 4 s.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from playwright.sync_api import Page, sync_playwright

from evaluate import TABLES, Shape, write_results
from snakescribe.config.block import as_json
from snakescribe.config.experiments import expand_experiments
from snakescribe.config.params import ExperimentParams
from snakescribe.ffmpeg.command import ffmpeg_command
from snakescribe.ffmpeg.flac import stated_md5
from snakescribe.process.stored import CheckedSounds
from snakescribe.report.explorer.build import build_explorer
from snakescribe.results import Results
from snakescribe.tables import AUDIO, CHUNKS, ITEMS, PLANS, RECORDINGS, Row, read_table, write_table
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import compare_params, experiment_params, score_params

SHAPE = Shape(words_per_chunk=30, chunks_per_recording=50, recordings_per_shard=20)
CHUNKS_OF_A_COPY = 1000
CHROMIUM = "/usr/bin/chromium"
LANGUAGES = ("en", "de", "fr")

FRAMES = """async () => {
    const list = document.getElementById("list"), frames = [];
    let last = performance.now();
    for (let frame = 0; frame < 240; frame++) {
        list.scrollTop = ((frame * 37) % 240) / 240 * list.scrollHeight;
        await new Promise(requestAnimationFrame);
        frames.push(performance.now() - last);
        last = performance.now();
    }
    frames.sort((a, b) => a - b);
    return [frames[120], frames[228], frames[239], document.querySelectorAll(".row").length];
}"""


@dataclass(frozen=True)
class Corpus:
    """Where the results lie, how many thousands of chunks there are, and the experiment."""

    folder: Path
    copies: int
    params: ExperimentParams


def make_corpus(folder: Path, copies: int, prompts: list[str]) -> Corpus:
    """Write a results folder with `copies` thousands of chunks, each under all prompts.

    One that an earlier call left is taken as it is.
    """
    raw = {
        "results": str(folder),
        "recordings": [{"source": "folder", "path": "talks/*"}],
        "models": {"m": {"weights": "tiny.en"}},
        "audio": {"raw": []},
        "prompts": dict.fromkeys(prompts, ""),
        "decoding": {"d": {}},
        "experiments": {"e": {"question": "Which prompt?", "factors": {"prompt": prompts}}},
    }
    config = check_config(raw, "benchmark")
    experiment = expand_experiments(config)["e"]
    made = folder / f"{copies}-copies-{len(prompts)}-conditions"
    if not made.exists():
        scores = folder / "scores" / "e"
        write_results(folder, CHUNKS_OF_A_COPY * SHAPE.words_per_chunk, prompts, True, SHAPE)
        _evaluate(
            "score", "--results", str(folder), "--threads", "2", "--settings",
            as_json(score_params(config, experiment)), "--output", str(scores / "chunks.parquet"),
        )  # fmt: skip
        _evaluate(
            "compare", "--scores", str(scores / "chunks.parquet"), "--settings",
            as_json(compare_params(config, experiment)), "--threads", "2",
            *(part for name in TABLES for part in (f"--{name}", str(scores / f"{name}.csv"))),
        )  # fmt: skip
        _multiply(Results(folder), copies)
        made.touch()
    return Corpus(folder, copies, experiment_params(config, experiment))


def _evaluate(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "snakescribe", "evaluate", *arguments], check=True)


def _rename(name: str, copy: int) -> str:
    """The name of a recording, a chunk or a shard -> that of its copy; the first has its own."""
    return f"{name[0]}{copy:02d}{name[3:]}"


def _multiply(results: Results, copies: int) -> None:
    """Write each shard again under other names, and the scores of all."""
    sound = results.folder / "noise.flac"
    source = "anoisesrc=colour=pink:duration=28:sample_rate=16000:amplitude=0.3"
    subprocess.run(
        [
            ffmpeg_command(),
            "-v",
            "error",
            "-y",
            "-f",
            "lavfi",
            "-i",
            source,
            "-sample_fmt",
            "s16",
            str(sound),
        ],
        check=True,
    )
    items = list(results.items())
    shards = sorted({item["shard"] for item in items})
    everything: list[Row] = []
    for copy in range(copies):
        for number, item in enumerate(items):
            name = _rename(item["recording"], copy)
            everything.append(
                {
                    **item, "recording": name, "shard": _rename(item["shard"], copy),
                    "title": f"Talk {name}", "language": LANGUAGES[number % len(LANGUAGES)],
                    "speaker": f"speaker {number % 7}",
                }
            )  # fmt: skip
    for shard in shards:
        _multiply_shard(results, shard, sound, copies)
    write_table(ITEMS, results.path(ITEMS), everything)
    path = results.folder / "scores" / "e" / "chunks.parquet"
    groups = list(_groups(path))
    with pq.ParquetWriter(path, groups[0].schema, compression="zstd") as writer:
        for copy in range(copies):
            for group in groups:
                writer.write_table(_rename_columns(group, copy))


def _groups(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            audit = {b"audit"}  # what scoring says of its checks, which the schema is without
            told = table.schema.metadata
            yield table.replace_schema_metadata({key: told[key] for key in told.keys() - audit})


def _rename_columns(table: pa.Table, copy: int) -> pa.Table:
    for name in ("recording", "chunk"):
        place = table.column_names.index(name)
        kind = table.schema.field(place).type
        values = pa.array([_rename(value, copy) for value in table[name].to_pylist()])
        table = table.set_column(place, table.schema.field(place), values.cast(kind))
    return table


def _multiply_shard(results: Results, shard: str, sound: Path, copies: int) -> None:
    wild = {
        RECORDINGS: {}, PLANS: {}, CHUNKS: {"variant": "raw"},
    }  # fmt: skip
    rows = {
        table: list(read_table(table, results.path(table, shard=shard, **more)))
        for table, more in wild.items()
    }
    for row in rows[CHUNKS]:
        row |= {"audio": str(sound), "pcm_md5": stated_md5(sound)}
    heard = results.folder / "transcripts" / "m.raw"
    groups = list(_groups(heard / f"{shard}.parquet"))
    for copy in range(copies):
        name = _rename(shard, copy)
        for table, more in wild.items():
            renamed = [
                row | {key: _rename(row[key], copy) for key in ("recording", "chunk") if key in row}
                for row in rows[table]
            ]
            write_table(table, results.path(table, shard=name, **more), renamed)
        audio = [
            {
                "recording": _rename(plan["recording"], copy), "status": "ok", "reason": None,
                "audio": str(sound), "pcm_md5": "0" * 32, "seconds": plan["seconds"],
                "versions": {}, "source": "x.wav", "source_sha256": "0" * 64, "chain": [],
                "fitted": [], "wish": {}, "track": 0, "channel": "mix", "padded_seconds": 0.0,
                "muted_samples": 0, "gain_db": 0.0,
            }
            for plan in rows[PLANS]
        ]  # fmt: skip
        write_table(AUDIO, results.path(AUDIO, shard=name, variant="raw"), audio)
        with pq.ParquetWriter(
            heard / f"{name}.parquet", groups[0].schema, compression="zstd"
        ) as writer:
            for group in groups:
                writer.write_table(_rename_columns(group, copy))


def build(corpus: Corpus) -> Path:
    """Build the explorer; print what it took."""
    results = Results(corpus.folder)
    page = corpus.folder / "report" / "e"
    wall, cpu = time.perf_counter(), time.process_time()
    made = build_explorer(results, corpus.params, page, CheckedSounds(results))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    sounds = sum(path.stat().st_size for path in (page / "data" / "sound").rglob("*.js"))
    print(
        f"build: {wall:.0f} s, {cpu:.0f} s of processor time, {memory:.2f} GB of memory; "
        f"{made.files:,} files, {made.bytes / 1e6:,.0f} MB, {sounds / 1e6:,.1f} MB of them sound"
    )
    return page / "index.html"


def look(address: str) -> None:
    """Open it in Chromium, and print how long things take."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(address)
        page.wait_for_selector("body[data-ready=yes]")
        paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        print(f"first paint {page.evaluate(paint):.0f} ms; the list and a chunk ", end="")
        print(f"{page.evaluate('performance.now()'):.0f} ms after the start")
        middle, most, worst, rows = page.evaluate(FRAMES)
        print(
            f"240 leaps of the list: a frame takes {middle:.0f} ms, 95 % up to {most:.0f} ms, the "
            f"longest {worst:.0f} ms; {rows} rows in the page"
        )
        for what, action in ACTIONS.items():
            began = time.perf_counter()
            action(page)
            print(f"{what}: {1000 * (time.perf_counter() - began):.0f} ms")
        memory = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        print(f"memory of the page's values: {memory:.0f} MB")
        browser.close()


def _until(page: Page, expression: str) -> None:
    """Wait until something is so; Playwright's own way is nothing that the page's policy admits."""
    while not page.evaluate(expression):
        time.sleep(0.01)


def _other_condition(page: Page) -> None:
    last = page.locator("#b option").count() - 1
    page.select_option("#b", index=last)
    _until(page, f"location.hash.includes('b=p{last:02d}')")


def _sort(page: Page) -> None:
    page.select_option("#sort", "errors-b")
    _until(page, "location.hash.includes('sort=errors-b')")


def _next(page: Page) -> None:
    before = page.text_content("#chunk code")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    _until(page, f"document.querySelector('#chunk code').textContent !== '{before}'")


def _search(page: Page) -> None:
    page.fill("#q", "second half")
    _until(page, "location.hash.includes('q=')")


def _words(page: Page) -> None:
    page.click("nav [data-view=words]")
    page.wait_for_selector("#other tbody tr")


def _recordings(page: Page) -> None:
    page.click("nav [data-view=recordings]")
    page.wait_for_selector("#other svg")


ACTIONS = {
    "another condition": _other_condition,
    "another order": _sort,
    "the next chunk": _next,
    "search in all texts": _search,
    "all words": _words,
    "all recordings": _recordings,
}


def main() -> None:
    """Make the corpus where it is not there yet, build, look."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results/explorer").resolve()
    copies = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    conditions = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    began = time.perf_counter()
    corpus = make_corpus(folder, copies, [f"p{number:02d}" for number in range(conditions)])
    took = time.perf_counter() - began
    print(f"{copies},000 chunks x {conditions} conditions, made in {took:.0f} s", flush=True)
    look(build(corpus).as_uri())


if __name__ == "__main__":
    main()
