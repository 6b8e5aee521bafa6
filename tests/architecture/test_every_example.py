"""Every example of every page is run by a test or, where it is long, parsed and composed: commands in any block, in the text, and scripts.

What is run: `sh` blocks and scripts of README, tutorial and how-to guides (tests/architecture/test_documents.py, slow), the page on Python
(tests/scenarios/test_python_page.py), notebooks (tests/scenarios), and here the scripts of other pages. What is parsed and composed: all
other command lines, those of days and weeks of simulation among them.
"""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import pytest

from sim import cli, config_files, paths
from tests.example_scripts import run_in_turn

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUN_ELSEWHERE = [
    ROOT / "README.md",
    ROOT / "docs" / "reference" / "python.md",
    *sorted((ROOT / "docs" / "tutorial").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
]
FENCE = re.compile(r"^```([\w+-]*)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"\[--|\b[A-Z]{3,}\b|\.\.\.|<|path/to")
OWN = re.compile(r"\bmy_|--plugin|corner_wifi")  # names of files that the reader makes on the way
WRITTEN = ("scenarios.md", "command-line.md")  # from the code itself; their lines name scenarios and parsers that are there
pytestmark = pytest.mark.plain


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks_of(path: Path, *languages: str) -> list[str]:
    """Return the bodies of a page's blocks in some languages."""
    return [body for language, body in FENCE.findall(path.read_text(encoding="utf-8")) if language in languages]


def command_lines(path: Path) -> list[str]:
    """Return the lines of a page's blocks that call galleria and hold no placeholder; explanations beside them left out."""
    text = "\n".join(blocks_of(path, "", "sh", "console", "text")).replace("\\\n", " ")
    lines = [line.removeprefix("$ ").strip() for line in text.splitlines()]
    calls = [re.split(r"\s+#|\s{3,}(?=\S+ \S)", line)[0] for line in lines if line.startswith("galleria ")]
    return [call for call in calls if not PLACEHOLDER.search(call)]


COMMANDS = [(path, line) for path in PAGES if path.name not in WRITTEN for line in command_lines(path)]


def parsed(line: str):
    """Return the command of a line and what its parser makes of the words."""
    name, *words = shlex.split(line)[1:]
    assert name in cli.COMMANDS, f"there is no command {name!r}"
    parser = cli.Parser(prog=f"galleria {name}", allow_abbrev=False)
    parser.add_argument("--debug", action="store_true")
    importlib.import_module(cli.COMMANDS[name][0]).COMMANDS[name](parser)
    return name, parser.parse_intermixed_args(words)


def test_every_command_line_is_taken_by_its_parser_and_every_run_is_composed():
    wrong, composed = [], {}
    for path, line in COMMANDS:
        if line.endswith("--help"):
            continue
        try:
            name, options = parsed(line)
            is_own = OWN.search(line) or "/" in getattr(options, "scenario", "")
            if name in ("run", "live") and not is_own:
                key = (options.scenario, *options.overrides)
                composed[key] = composed.get(key) or config_files.compose(options.scenario, options.overrides)
            elif name in ("compare", "select", "sweep", "uplift") and not is_own:
                for each in filter(None, options.scenario.split(",")):  # `sweep --resume` names none
                    assert each in paths.scenario_files(), f"no scenario {each!r}"
        except Exception as mistake:
            wrong.append(f"{name_of(path)}: {line}: {mistake}")

    assert len(COMMANDS) > 80
    assert len(composed) > 10
    assert not wrong, "\n".join(wrong)


def test_every_command_that_a_sentence_names_is_there():
    named = [
        (path, word) for path in PAGES for word in re.findall(r"`galleria ([a-z_]+)[^`]*`", path.read_text(encoding="utf-8"))
    ]

    assert len(named) > 100
    assert [f"{name_of(path)}: {word}" for path, word in named if word not in cli.COMMANDS] == []


@pytest.mark.parametrize("path", [page for page in PAGES if blocks_of(page, "python")], ids=name_of)
def test_every_script_can_be_read_and_is_run_by_some_test(path):
    for block in blocks_of(path, "python"):
        compile(block, name_of(path), "exec")

    assert path in RUN_ELSEWHERE or path in RUN_HERE


RUN_HERE = [page for page in PAGES if blocks_of(page, "python") and page not in RUN_ELSEWHERE]


@pytest.mark.slow
@pytest.mark.compiled
@pytest.mark.parametrize("path", RUN_HERE, ids=name_of)
def test_the_scripts_of_a_page_of_reference_or_explanation_run_one_after_the_other(path, tmp_path):
    run_in_turn(blocks_of(path, "python"), tmp_path)
