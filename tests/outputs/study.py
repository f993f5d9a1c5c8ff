"""A small study that uses every design, source, engine, filter, context provider and metric."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from imageio_ffmpeg import get_ffmpeg_exe
from sites import LISTED, TALK

CLIPS = {
    "talks/game.wav": ("baseball-herons-kites-1", 0, 12),
    "talks/museum.wav": ("museum-clockmaker-1", 0, 8),
    "talks/lecture.wav": ("chemistry-titration-1", 0, 8),
    "clips/keepers.wav": ("museum-lock-keepers-1", 0, 8),
    "clips/badgers.wav": ("baseball-badgers-mudlarks-1", 0, 8),
    "served/lecture-2.mp3": ("chemistry-ytterby-1", 0, 8),
    "served/episode-1.mp3": ("museum-clockmaker-1", 8, 8),
    f"served/{TALK}.m4a": ("baseball-herons-kites-2", 0, 8),
    f"served/{LISTED}.m4a": ("museum-lock-keepers-1", 8, 8),
    "served/archive.mp3": ("baseball-kestrels-stevedores-1", 0, 8),
}  # a file of the study -> recording of the demo, from and for how many seconds

TEXTS = {
    "references/game.vtt": (
        "WEBVTT\n\n00:00.500 --> 00:06.000\n"
        "Top of the third inning here at the ballpark, the Herons and the Kites.\n\n"
        "00:06.000 --> 00:12.000\nTobias Okafor is on the mound for twenty-two pitches.\n"
    ),
    "references/museum.txt": "Welcome back to Voices from the Vault.\nToday, a clock.\n",
    "references/lecture.txt": "Good morning. We'll measure the acid's strength, by titration.\n",
    "url.stm": (
        "lecture-2 1 speaker 0.00 4.00 <o,f0,male> Four elements are named after one village\n"
        "lecture-2 1 speaker 4.00 8.00 <o,f0,male> Ytterby near Stockholm\n"
    ),
    "context.tsv": (
        "id\tnames\tdomain\ngame\tPendry Herons, Kessock Kites, Tobias Okafor\tbaseball\n"
        "museum\tOstrey, Philippa Wraxall\tmuseum\nkeepers\tAnselm Oduya\tmuseum\n"
    ),
    "teams.tsv": (
        "name\tshort\tnick\nPendry Herons\tPEN\tHerons\nKessock Kites\tKES\tKites\n"
        "Badgers\tBAD\t\nMudlarks\tMUD\t\n"
    ),
    "terms.csv": (
        "term,usage,impact\nHerons,4,5\nKites,4,5\nOkafor,2,4\nballpark,3,1\nvault,1,1\n"
        "titration,1,3\n"
    ),
    "query.sql": "SELECT id, url, title, published, players FROM videos ORDER BY id",
    "study_rules.py": '''
"""A user's own normaliser, filter, extractor and context provider."""

__version__ = "1.10"


def no_hyphens(text):
    return text.lower().replace("-", " ").replace(",", "").replace(".", "")


def halve(samples, sample_rate, share=0.5):
    return samples * share


def find_topic(about, order):
    return {"topic": about.title.split(",")[0]} if about.title else {}


class Length:
    def __init__(self, entry):
        self.entry = entry

    def fields(self, about, web):
        return {"title_letters": str(len(about.title))}
''',
    "recognise.py": '''
"""A recogniser: says how long the audio is, and repeats its prompt."""

import json
import sys
import wave

audio, prompt, language = sys.argv[1:4]
with wave.open(audio) as file:
    seconds = file.getnframes() / file.getframerate()
text = f"Top of the {seconds:.1f} {prompt}"
words = [
    {"start": number * 0.2, "end": number * 0.2 + 0.2, "word": word, "probability": 0.5}
    for number, word in enumerate(text.split())
]
print(json.dumps({"text": text, "language": language or "en", "words": words}))
''',
}

ROWS = [
    {
        "id": "keepers", "audio": "clips/keepers.wav", "title": "Herons @ Kites 4/1/2019",
        "language": "en", "speaker": "Philippa", "published": "2019-04-02", "tempo": 1.5,
        "reference": "Welcome to Voices from the Vault, the podcast of the Ostrey town museum.",
    },
    {
        "id": "badgers", "audio": "clips/badgers.wav", "title": "Badgers vs. Mudlarks, 2 May 2019",
        "language": "en", "published": "2019-05-03", "tempo": 2,
        "reference": "Good evening and welcome to the ballpark.",
    },
    {"id": "long_ago", "audio": "clips/none.wav", "title": "Never heard",
     "published": "2001-01-01"},
]  # fmt: skip


def config() -> dict[str, Any]:
    """The study's configuration."""
    return {
        "results": "results",
        "recordings": [
            {"source": "folder", "path": "talks/*.wav", "references": "references",
             "language": "en"},
            {"source": "table", "path": "table.jsonl",
             "match_filters": {"published_from": "2019-01-01", "title": "Kites|Badgers|Never"}},
            {"source": "url", "references": "url.stm",
             "urls": ["http://media.example/lecture-2.mp3", "http://media.example/gone.mp3"]},
            {"source": "rss", "feeds": ["http://feeds.example/feed.xml"],
             "match_filters": {"published_from": "2019-04-01", "published_to": "2019-04-30",
                               "max_seconds": 60}},
            {"source": "youtube", "videos": [TALK], "channels": ["@talks"],
             "match_filters": {"sample": 0.99, "seed": 3}},
            {"source": "database", "query": "query.sql"},
        ],
        "context": [
            {"table": "context.tsv"},
            {"provider": "event", "teams": "teams.tsv"},
            {"provider": "event", "extractor": "study_rules:find_topic"},
            {"provider": "espn", "sport": "baseball", "league": "mlb",
             "base_url": "http://espn.example/sports"},
            {"provider": "study_rules:Length"},
        ],
        "acquire": {"requests_per_hour": 0, "tries": 1, "backoff_seconds": 0,
                    "youtube_api_url": "http://api.example/youtube/v3"},
        "audio": {
            "raw": [],
            "filtered": [
                {"wiener": {"size": 5}},
                {"spectral_gate": {"stationary": True, "prop_decrease": 0.5}},
                {"ffmpeg": {"filter": "highpass=f=80"}},
                {"study_rules:halve": {"share": 0.8}},
            ],
        },
        "chunking": {"max_seconds": 6, "min_silence_ms": 200},
        "models": {
            "tiny-en": {"weights": "tiny.en", "compute_type": "int8"},
            "checkpoint": {"engine": "openai-whisper", "weights": "tuned.pt",
                           "compute_type": "float32"},
            "program": {"engine": "command",
                        "weights": "python recognise.py {audio} {prompt} {language}"},
            "endpoint": {"engine": "http", "weights": "whisper-1", "batch_size": 2},
        },
        "prompts": {
            "none": "",
            "names": "{names}.",
            "terms": {"template": "{team_home}: {terms}.", "terms": "terms.csv",
                      "score": "usage * (impact + 1)", "max_tokens": 12},
            "previous": "{previous_transcription} {title}",
        },
        "decoding": {
            "greedy": {},
            "beam": {"beam_size": 3, "word_timestamps": False, "timestamps": True,
                     "language": "en", "trim_windows": True},
            # Two tries without sampling: what is drawn at random differs from run to run.
            "tries": {"temperatures": [0.0, 0.0], "logprob_threshold": -0.3,
                      "hotwords": "Herons, Kites"},
        },
        "experiments": {
            "prompts": {
                "question": "Do prompts help?",
                "design": "factorial",
                "factors": {"model": ["tiny-en"], "audio": ["raw", "filtered"],
                            "prompt": ["none", "names", "terms", "previous"],
                            "decoding": ["greedy"]},
                "exclude": [{"audio": "filtered", "prompt": "terms"}],
                "include": [{"decoding": "beam"}],
            },
            "engines": {
                "question": "Which engine?",
                "design": "listed",
                "factors": {"model": ["tiny-en", "checkpoint", "program", "endpoint"],
                            "audio": ["raw"], "prompt": ["none", "names"],
                            "decoding": ["greedy", "beam", "tries"]},
                "baseline": {"model": "tiny-en", "audio": "raw", "prompt": "none",
                             "decoding": "greedy"},
                "include": [
                    {"model": "checkpoint"}, {"model": "checkpoint", "prompt": "names"},
                    {"model": "program", "prompt": "names"},
                    {"model": "endpoint", "prompt": "names"},
                    {"decoding": "beam"}, {"decoding": "tries"},
                    {"model": "checkpoint", "decoding": "tries"},
                ],
            },
            "groups": {
                "design": "random_groups",
                "factors": {"model": ["tiny-en"], "audio": ["raw", "filtered"],
                            "prompt": ["none", "names"], "decoding": ["greedy"]},
                "seed": 3,
            },
        },
        "scoring": {
            "normalizers": ["whisper_english", "basic", "none", "nemo_style",
                            "study_rules:no_hyphens"],
            "metrics": ["wer", "cer", "mer", "wil", "wip", "terms", "prompt_leak",
                        "hallucination", "calibration", "timing"],
            "terms": {"tables": ["terms.csv"], "fields": ["names"]},
            "strata": {"snr_db": [10, 20], "domain": [], "seconds": [3], "language": []},
            "bootstrap_replicates": 500,
            "seed": 5,
        },
        "sharding": {"recordings_per_shard": 8},
    }  # fmt: skip


def build(folder: Path, demo: Path) -> None:
    """Write the study's files into a folder.

    Args:
        demo: the folder ``resources/demo`` whose recordings are cut.
    """
    for name, text in TEXTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    for name, (clip, start, seconds) in CLIPS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _ffmpeg(
            *("-ss", start, "-t", seconds, "-i", demo / "audio" / f"{clip}.opus"),
            *("-fflags", "+bitexact", "-flags:a", "+bitexact", folder / name),
        )
    silence = ("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", 2)
    _ffmpeg(*silence, "-fflags", "+bitexact", folder / "talks" / "silent.wav")
    (folder / "talks" / "broken.wav").write_text("this is no audio", encoding="utf-8")
    lines = [json.dumps(row) for row in ROWS]
    (folder / "table.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = yaml.safe_dump(config(), sort_keys=False)
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    set_times(folder)


def set_times(folder: Path) -> None:
    """Give all files of a folder one time of change: the store has keys that it goes into."""
    for path in folder.rglob("*"):
        os.utime(path, (1_554_076_800, 1_554_076_800))


def write_archive(connection: Any) -> None:
    """Make the table that the source `database` asks."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS videos"
            " (id text PRIMARY KEY, url text, title text, published date, players text[]);"
            "INSERT INTO videos VALUES ('archive', 'http://media.example/archive.mp3',"
            " 'From the archive', '2019-04-01', '{Ann,Bo}') ON CONFLICT DO NOTHING"
        )


def write_tuned_model(weights: Path, target: Path) -> None:
    """Write the weights of a CTranslate2 folder as a checkpoint of openai-whisper."""
    code = (
        "import sys, pathlib, checkpoint;"
        "checkpoint.write_checkpoint(*map(pathlib.Path, sys.argv[1:]))"
    )
    doubles = Path(__file__).parents[1] / "transcribe"
    subprocess.run([sys.executable, "-c", code, weights, target], cwd=doubles, check=True)


def _ffmpeg(*arguments: object) -> None:
    command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)
