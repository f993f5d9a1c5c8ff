"""What MkDocs does beside reading `docs`: pages made from code and from files that lie elsewhere.

Pages that lie elsewhere in the repository (README.md, CHANGELOG.md, ...) are pages of the site too.
Links are written as they hold in the repository, where people read the same files; here they become
links between pages. A link to a file that is no page (code, a table) keeps its words.
"""

import os
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from snakescribe.cli import cli
from snakescribe.docs.commands import commands_text
from snakescribe.docs.examples import examples_text
from snakescribe.docs.generated import score_tables_text, tables_text

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"

# Pages of the site by the file of the repository that they are.
ELSEWHERE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "config/README.md": "config.md",
    "resources/demo/README.md": "demo.md",
}
_SOURCES = {page: path for path, page in ELSEWHERE.items()}

COMMANDS = """# All commands

`snakescribe COMMAND --help` shows the same on the terminal; [the command line in short](../cli.md)
is the page for people. The workflow calls the steps below a stage by itself.
"""

# A link or a picture: its words and where it leads. No address, no place on the same page.
_LINK = re.compile(r"(!?)\[([^\[\]]*)\]\((?![a-z]+:|#)([^()\s#]+)(#[^()\s]*)?\)")
_CODE = re.compile(r"^( *)(```|~~~).*?^\1\2$", re.DOTALL | re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not lie in `docs`."""
    made = {
        page: (REPOSITORY / path).read_text(encoding="utf-8") for path, page in ELSEWHERE.items()
    }
    made["examples.md"] = examples_text(REPOSITORY / "config" / "examples")
    made["reference/tables.md"] = (
        "# Tables in files\n\nWhat passes between the stages, and what users read.\n\n"
        f"{tables_text()}\n## Scores\n\n{score_tables_text()}"
    )
    made["reference/commands.md"] = f"{COMMANDS}\n{commands_text(cli, 'snakescribe')}"
    for page, text in made.items():
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Turn links as they hold in the repository into links between pages."""
    name = page.file.src_uri
    source = REPOSITORY / _SOURCES[name] if name in _SOURCES else DOCS / name
    parts, end = [], 0
    for code in _CODE.finditer(markdown):
        parts += [_between_pages(markdown[end : code.start()], source, name), code.group()]
        end = code.end()
    return "".join([*parts, _between_pages(markdown[end:], source, name)])


def _between_pages(text: str, source: Path, page: str) -> str:
    def replaced(link: re.Match[str]) -> str:
        picture, words, target, place = link.groups(default="")
        path = Path(os.path.normpath(source.parent / target))
        if not path.is_relative_to(REPOSITORY) or not path.exists():
            return link.group()  # MkDocs says that it leads nowhere
        inside = path.relative_to(REPOSITORY).as_posix()
        if inside in ELSEWHERE:
            there = ELSEWHERE[inside]
        elif inside.startswith("config/examples"):
            there = "examples.md"
        elif path.is_relative_to(DOCS) and path.is_file():
            there = path.relative_to(DOCS).as_posix()
        else:
            return words if words.startswith("`") else f"{words} (`{inside}`)"
        way = os.path.relpath(there, Path(page).parent)
        return f"{picture}[{words}]({way}{place})"

    return _LINK.sub(replaced, text)
