"""What the repository promises about itself: pins, documented rules and commands, short files."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import grimp
import pytest
import yaml
from click.testing import CliRunner

from snakescribe.cli import COMMANDS, cli
from snakescribe.paths import REPOSITORY
from snakescribe.process.filters import BUILT_IN

GITHUB = REPOSITORY / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*_*.yml"))
PROFILES = sorted((REPOSITORY / "workflow" / "profiles").glob("*/config.yaml"))
RULE_FILES = sorted((REPOSITORY / "workflow" / "rules").glob("*.smk"))


def pins() -> set[str]:
    texts = (
        (REPOSITORY / f"requirements{kind}.txt").read_text(encoding="utf-8")
        for kind in ("", "-engines")
    )
    lines = "".join(texts).splitlines()
    return {line.partition(";")[0].strip().lower() for line in lines}


@pytest.mark.parametrize("path", sorted((REPOSITORY / "envs").glob("*.yaml")), ids=lambda p: p.stem)
def test_environments_pin_what_requirements_pin(path: Path) -> None:
    dependencies = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    packages = next(one["pip"] for one in dependencies if isinstance(one, dict))
    assert {package.lower() for package in packages} <= pins()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["process", "transcribe", "report"])
def test_environments_can_make_again_what_is_damaged_in_the_store(name: str) -> None:
    """Whichever step meets it: a chunk needs its audio, and that its filters and its channels."""
    graph = grimp.build_graph("snakescribe", include_external_packages=True, cache_dir=None)
    targets = [filter_.target for filter_ in BUILT_IN.values()]
    needed: set[str] = set()
    for module in ("snakescribe.process.stored", *(target.split(":")[0] for target in targets)):
        needed |= graph.find_upstream_modules(module)
    dependencies = read_yaml(REPOSITORY / "envs" / f"{name}.yaml")["dependencies"]
    packages = next(part["pip"] for part in dependencies if isinstance(part, dict))
    pinned = {package.partition("==")[0].lower() for package in packages}
    there = packages_distributions()
    # Parquet is for transcripts and scores; pydantic brings its core.
    for module in needed & there.keys() - {"snakescribe", "pyarrow", "pydantic_core"}:
        assert pinned & {distribution.lower() for distribution in there[module]}, module


def test_the_snakefile_is_short() -> None:
    assert (
        len((REPOSITORY / "workflow" / "Snakefile").read_text(encoding="utf-8").splitlines()) <= 60
    )
    assert (
        len((RULE_FILES[0].parent / "common.smk").read_text(encoding="utf-8").splitlines()) <= 150
    )


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda p: p.stem)
def test_every_rule_says_what_it_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""\n')
    for name, following in re.findall(
        r"^(?:rule|checkpoint) (\w+):\n( +\S.*)$", text, re.MULTILINE
    ):
        assert following.strip().startswith('"""'), name


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.parent.name)
def test_profiles_name_rules_that_there_are(path: Path) -> None:
    texts = (rules.read_text(encoding="utf-8") for rules in RULE_FILES)
    rules = {name for text in texts for name in re.findall(r"^rule (\w+):", text, re.MULTILINE)}
    profile = read_yaml(path)
    for key in ("groups", "set-threads", "set-resources"):
        assert profile.get(key, {}).keys() <= rules, key
    assert "database=1" in profile["resources"]


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda p: p.stem)
def test_every_job_can_be_deployed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    jobs = re.findall(r"^    shell:", text, re.MULTILINE)
    modules = r"^    envmodules:\n        \*CONFIG\.deployment\.modules,\n"
    assert len(re.findall(r"^    conda:\n", text, re.MULTILINE)) == len(jobs)
    assert len(re.findall(modules, text, re.MULTILINE)) == len(jobs)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")


def test_no_module_is_long() -> None:
    table = REPOSITORY / "scripts/snakescribe/notices/kinds.py"  # of sentences, no code
    for path in {*(REPOSITORY / "scripts").rglob("*.py")} - {table}:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 320, path


def generators_with_pools(tree: ast.Module) -> list[str]:
    """The generators of a module that give something away while they hold threads or processes."""
    pools = {
        ast.unparse(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and "Executor(" in ast.unparse(node.value)
        for target in node.targets
    }

    def holds(node: ast.With) -> bool:
        held = [ast.unparse(item.context_expr) for item in node.items]
        return any("Executor(" in text or text in pools for text in held)

    return [
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and "contextmanager" not in map(ast.unparse, function.decorator_list)
        for block in ast.walk(function)
        if isinstance(block, ast.With) and holds(block)
        if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(block))
    ]


def test_no_pool_is_left_to_the_garbage_collector() -> None:
    """A generator that nobody reads to its end is closed wherever garbage is looked for.

    To wait there for a thread can last for ever.
    """
    for path in (REPOSITORY / "scripts").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not generators_with_pools(tree), path


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("with ThreadPoolExecutor(1) as pool: yield from pool.map(work, items)", ["read"]),
        ("with scratch(), ProcessPoolExecutor() as pool:\n  for one in items: yield 1", ["read"]),
        ("pool = ThreadPoolExecutor(1)\n with pool: yield 1", ["read"]),
        ("with ThreadPoolExecutor(1) as pool: done = pool.map(work, items)\n yield done", []),
        ("with open(path) as lines: yield from lines", []),
    ],
)
def test_a_pool_in_a_generator_is_found(body: str, found: list[str]) -> None:
    assert generators_with_pools(ast.parse(f"def read():\n {body}")) == found
    assert not generators_with_pools(ast.parse(f"@contextmanager\ndef read():\n {body}"))


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def make_targets() -> set[str]:
    text = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


def test_there_is_a_workflow_for_lint_test_and_docs() -> None:
    assert {"lint", "test", "docs"} <= {path.stem for path in WORKFLOWS}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_a_ci_workflow_calls_the_makefile_and_nothing_else(path: Path) -> None:
    workflow = read_yaml(path)
    assert workflow["name"] == path.stem
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    commands = [step["run"] for step in steps if "run" in step]
    assert commands[0] == f"make {path.stem}"
    for command in commands:
        program, *arguments = command.split()
        if program == "make":
            assert set(arguments) <= make_targets(), command
        else:  # what `make docs` wrote is what is committed
            assert command == "git diff --exit-code"
    for step in steps:
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]), step["uses"]


def test_hooks_before_a_commit_call_the_makefile_and_are_pinned() -> None:
    local, *others = sorted(
        read_yaml(REPOSITORY / ".pre-commit-config.yaml")["repos"],
        key=lambda repository: repository["repo"] != "local",
    )
    targets = []
    for hook in local["hooks"]:
        program, target = hook["entry"].split()
        assert program == "make"
        targets.append(target)
        re.compile(hook["files"])
    assert "lint" in targets
    assert set(targets) <= make_targets()
    for repository in others:
        assert re.fullmatch(r"v\d+\.\d+\.\d+", repository["rev"])
        assert repository["hooks"]


def test_the_citation_names_this_version() -> None:
    citation = read_yaml(REPOSITORY / "CITATION.cff")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["message"]
    for cited, ours in (("title", "name"), ("version", "version"), ("license", "license")):
        assert citation[cited] == project[ours]
    assert citation["abstract"].rstrip(".") == project["description"]
    assert citation["authors"] == project["authors"]
    assert citation["keywords"] == project["keywords"]


@pytest.mark.parametrize("path", FORMS, ids=lambda p: p.stem)
def test_an_issue_form_asks_questions(path: Path) -> None:
    form = read_yaml(path)
    assert form["name"] and form["description"]
    questions = [part for part in form["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in questions}) == len(questions) > 0
    assert all(part["attributes"]["label"] for part in questions)
    assert any(part.get("validations", {}).get("required") for part in questions)


def test_a_reviewer_has_five_things_to_look_at() -> None:
    text = (GITHUB / "pull_request_template.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^- \[ \] ", text, re.MULTILINE)) == 5
    assert {f"make {target}" for target in ("lint", "test", "docs")} <= set(
        re.findall(r"`(make [a-z-]+)`", text)
    )


def test_contributing_names_files_that_are_there() -> None:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    package = REPOSITORY / "scripts" / "snakescribe"
    names = re.findall(r"`([\w/]+(?:\.py|\.yaml|/))`", text)
    assert len(names) > 15
    for name in names:
        places = (REPOSITORY / name, package / name, package / "transcribe" / name)
        assert any(place.exists() for place in places), name


def test_the_page_on_the_house_shows_every_module_of_it() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    house = next(contract for contract in contracts if contract["id"] == "house")
    modules = set(re.findall(r"\w+", " ".join(house["layers"]))) - {"__main__"}
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = page.partition("\nroof ")[2].partition("```")[0]
    assert not modules - set(re.findall(r"\w+", shown))
