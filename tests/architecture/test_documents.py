"""What the documents say of the code is true: modules, functions, commands, links; and the commands of the tutorials run.

`python tests/architecture/test_documents.py` writes the list of modules in ARCHITECTURE.md anew.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
LIST_STARTS, LIST_ENDS = "<!-- modules start -->\n", "<!-- modules end -->\n"
LESSONS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "tutorial").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
]
NOT_FOR_TESTS = ("make ", "venv/", "git ", "pip ", ". .venv", "python3 ")  # they set up what the tests run in
TAGS = ("New", "Fixed", "Changed", "Results change", "Breaking")
pytestmark = pytest.mark.plain


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sentence_of(path: Path) -> str:
    """Return the first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def module_list() -> str:
    """Return the list of modules, a section per folder, as ARCHITECTURE.md holds it."""
    folders = [
        ROOT / "sim",
        *sorted(path.parent for path in (ROOT / "sim").glob("*/**/__init__.py")),
        ROOT / "agents",
        *sorted(path.parent for path in (ROOT / "agents").glob("*/**/__init__.py")),
    ]
    sections = []
    for folder in folders:
        modules = [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
        lines = [f"- `{path.stem}`: {sentence_of(path)}" for path in modules]
        sections.append(
            "\n".join([f"**`{name_of(folder)}/`** {sentence_of(folder / '__init__.py')}", *([""] if lines else []), *lines])
        )
    return "\n" + "\n\n".join(sections) + "\n\n"


def list_in_architecture() -> str:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    return text[text.index(LIST_STARTS) + len(LIST_STARTS) : text.index(LIST_ENDS)]


def write_module_list() -> None:
    """Put the present list of modules between the marks."""
    before, rest = ARCHITECTURE.read_text(encoding="utf-8").split(LIST_STARTS)
    ARCHITECTURE.write_text(before + LIST_STARTS + module_list() + LIST_ENDS + rest.split(LIST_ENDS)[1], encoding="utf-8")


def test_architecture_lists_every_module_with_its_own_words():
    assert list_in_architecture() == module_list(), "write it anew: python tests/architecture/test_documents.py"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in inside if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_file_and_function_that_is_named_exists(path):
    named = re.findall(
        r"`((?:sim|agents|tests|conf|scenarios|floorplans|docs)/[\w./-]+)(?:::(\w+))?`", path.read_text(encoding="utf-8")
    )
    missing = [f"{file}::{name}" for file, name in named if not is_there(path, file, name)]

    assert missing == []


def is_there(document: Path, file: str, name: str) -> bool:
    """Return whether a file (and in it a function, class or constant of this name) exists; folders of one's own are not ours to check."""
    if "my_" in file:
        return True
    if not (ROOT / file).exists():
        return False
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8")) if name else ast.Module([], [])
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    defined |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return not name or name in defined


def commands_of(path: Path) -> list[str]:
    """Return the lines of a document's sh blocks, continued lines joined and comments left out."""
    blocks = re.findall(r"^```sh\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [stripped for line in lines if (stripped := re.sub(r"\s+#.*$", "", line).strip()) and not stripped.startswith("#")]


GALLERIA = [(path, line) for path in DOCUMENTS for line in commands_of(path) if line.startswith("galleria ")]
MAKE = [(path, line) for path in DOCUMENTS for line in commands_of(path) if line.startswith("make ")]


@pytest.mark.parametrize(("path", "line"), GALLERIA, ids=[f"{name_of(path)}: {line}" for path, line in GALLERIA])
def test_every_command_is_one_that_galleria_takes(path, line):
    from sim import cli, config_files, paths

    name, *words = shlex.split(line)[1:]
    assert name in cli.COMMANDS
    parser = cli.Parser(prog=f"galleria {name}", allow_abbrev=False)
    parser.add_argument("--debug", action="store_true")
    importlib.import_module(cli.COMMANDS[name][0]).COMMANDS[name](parser)

    options: argparse.Namespace = parser.parse_intermixed_args(words)

    own = any("my_" in word or "/" in word for word in words)
    if name == "run" and not own:
        config_files.compose(options.scenario, options.overrides)
    if name == "compare" and not own:
        assert options.scenario in paths.scenario_files()


@pytest.mark.parametrize(("path", "line"), MAKE, ids=[f"{name_of(path)}: {line}" for path, line in MAKE])
def test_every_target_is_one_that_make_knows(path, line):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert set(shlex.split(line)[1:]) <= set(targets)


@pytest.mark.slow
@pytest.mark.compiled
@pytest.mark.parametrize("path", LESSONS, ids=name_of)
def test_the_commands_of_a_lesson_run_one_after_the_other(path, tmp_path):
    """Lines with a placeholder (`path/to`), and those that set up the environment, are left out."""
    blocks = re.findall(r"^```sh\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = [
        line for block in blocks for line in block.splitlines() if not line.startswith(NOT_FOR_TESTS) and "path/to" not in line
    ]
    script = "\n".join(["set -ex", f'galleria() {{ {shlex.quote(sys.executable)} -m sim "$@"; }}', *lines])

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=1800,
    )

    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.compiled
@pytest.mark.parametrize("path", LESSONS, ids=name_of)
def test_the_scripts_of_a_lesson_run(path, tmp_path):
    from tests.example_scripts import run_in_turn

    scripts = re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    run_in_turn(scripts, tmp_path)


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_a_decision_says_what_was_refused(path):
    text = path.read_text(encoding="utf-8")

    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
    assert text.startswith(f"# {path.name[:4]} ")
    assert "## Decision" in text
    assert "Refused" in text


def test_decisions_are_numbered_once_and_without_gaps():
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04d}" for number in range(1, len(DECISIONS) + 1)]


def test_the_glossary_explains_each_word_once_and_in_order():
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert len(words) > 50
    assert words == sorted(set(words), key=str.lower)


def test_every_entry_of_the_changelog_has_a_tag():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n## ")[2]
    entries = re.findall(r"^- (.*)$", text, flags=re.MULTILINE)

    assert entries
    assert [entry for entry in entries if not entry.startswith(tuple(f"**{tag}**" for tag in TAGS))] == []


if __name__ == "__main__":
    write_module_list()
