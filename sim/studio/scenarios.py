"""Files that the page writes: a scenario that is saved, the draft that a run needs; and the commands that use them."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim import api, paths
from sim.errors import ConfigError, Problem
from sim.reporting.files import write_atomically
from sim.studio.checks import checked, composed, problems_on_the_plan
from sim.studio.drafts import NAME, Draft, text_of

SCENARIOS, DRAFTS = Path("scenarios"), Path("outputs") / "drafts"
REPLICATIONS = (2, 200)
DRAFTS_MAX = 10_000


class NameTakenError(ConfigError):
    """A file of this name exists, which whoever saves may replace."""


class Saved:
    """Which drafts of this session have been saved, and where."""

    def __init__(self) -> None:
        self._paths: dict[str, tuple[Path, str]] = {}
        self._one_at_a_time = threading.Lock()  # two clicks are two threads, and would take one name or number

    def save(self, name: Any, question: Any, draft: Draft, overwrite: bool) -> dict[str, str]:
        """Write scenarios/NAME.yaml and return {path, yaml, command}; raises ConfigError for a name or a draft that cannot be."""
        with self._one_at_a_time:
            path = _path_of(name, draft, overwrite)
            text = text_of(draft, question=str(question or ""), name=name if _is_scenario_alone(name, draft) else "")
            _require_sound(text)
            write_atomically(path, text)
            self._paths[_key(draft)] = path, text
        return {"path": str(path), "yaml": text, "command": f"galleria run {path}"}

    def source_of(self, draft: Draft) -> str:
        """Return what a command calls a draft: its scenario's file, its base where nothing differs, else a file in outputs/drafts."""
        path, text = self._paths.get(_key(draft), (None, ""))
        if path is not None and path.is_file() and path.read_text(encoding="utf-8") == text:
            return str(path)
        found = checked(draft)
        if found["problems"]:
            raise ConfigError.of("the draft", [Problem(**problem) for problem in found["problems"]])
        if not found["differences"]:
            return arm_of(draft.base)
        with self._one_at_a_time:
            return _kept(draft.base, found["yaml"])


def _path_of(name: Any, draft: Draft, overwrite: bool) -> Path:
    """Return where a scenario of this name goes; raises ConfigError where it cannot go there."""
    place, way_out = "name", "choose another name"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        rule = "must be a word of small letters, digits and _, 60 at most, as files are called"
        raise ConfigError.of("the page", [Problem(place, repr(name)[:60], rule, "write for instance quiet_corner")])
    if name == draft.base:
        rule = "a scenario cannot build on itself"
        raise ConfigError.of("the page", [Problem(place, name, rule, way_out)])
    path, known = SCENARIOS / f"{name}.yaml", paths.scenario_files()
    if SCENARIOS.is_symlink() or path.is_symlink():
        raise ConfigError.of(
            "the page", [Problem(place, str(path), "must not be a link to elsewhere", "write the file by hand")]
        )
    if path.exists() and not overwrite:
        rule = "a scenario of this name exists"
        raise NameTakenError.of("the page", [Problem(place, name, rule, f"{way_out}, or replace it")])
    if name in known and not path.exists():
        raise ConfigError.of("the page", [Problem(place, name, "Galleria has a scenario of this name", way_out)])
    return path


def _is_scenario_alone(name: str, draft: Draft) -> bool:
    """Say whether arms can be called by the names of the two scenarios: none is a policy's too."""
    return not {name, draft.base} & set(api.policies())


def _require_sound(text: str) -> None:
    problems = list(problems_on_the_plan(composed(text)))
    if problems:
        raise ConfigError.of("the draft", problems)


def _key(draft: Draft) -> str:
    return json.dumps(asdict(draft), sort_keys=True)


def _kept(base: str, text: str) -> str:
    """Return a file with a draft's text: the one that has it already, or a new one beside it."""
    numbered = re.compile(rf"{re.escape(base)}_(\d+)\.yaml")
    taken = [0]
    for path in sorted(DRAFTS.glob(f"{base}_*.yaml")):
        match = numbered.fullmatch(path.name)
        if match and not path.is_symlink():
            if path.read_text(encoding="utf-8") == text:
                return str(path)
            taken.append(int(match[1]))
    if max(taken) >= DRAFTS_MAX:
        raise ConfigError.of("the page", [Problem(str(DRAFTS), str(max(taken)), "holds too many drafts", "delete some")])
    path = DRAFTS / f"{base}_{max(taken) + 1}.yaml"
    write_atomically(path, text)
    return str(path)


def arm_of(name: str) -> str:
    """Return what a command calls a scenario: its name, or its path where a policy has the same name."""
    if name not in api.policies():
        return name
    path = paths.scenario_files()[name]
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def run_words(source: str, with_replay: Any, folder: Path) -> list[str]:
    """Return the words of the command that runs a scenario, with its replay where that is asked for."""
    return ["run", source, *(["recording=replay"] if with_replay is True else []), "--out", str(folder)]


def compare_words(draft: Draft, source: str, replications: Any, folder: Path) -> list[str]:
    """Return the words of the command that compares a draft with its base; raises ConfigError where there is nothing to compare."""
    low, high = REPLICATIONS
    if isinstance(replications, bool) or not isinstance(replications, int) or not low <= replications <= high:
        rule = f"must be a whole number from {low} to {high}"
        raise ConfigError.of(
            "the page", [Problem("replications", repr(replications)[:40], rule, "5 show large effects, 20 most")]
        )
    base = arm_of(draft.base)
    if source == base:
        rule, way_out = "nothing differs from the scenario that it starts from", "change something first"
        raise ConfigError.of("the page", [Problem("draft", draft.base, rule, way_out)])
    saved = Path(source)
    arm = arm_of(saved.stem) if saved.parent == SCENARIOS else source
    return ["compare", base, f"arms=[{base},{arm}]", f"replications={replications}", "--out", str(folder)]


def new_folder() -> Path:
    """Return a new folder of outputs/, as the command line is told of it."""
    folder = paths.new_output_folder()
    return folder.relative_to(Path.cwd())
