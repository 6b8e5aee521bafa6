"""Policies of one's own: Python files that the person at the command line names with --plugin; a scenario never can."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from agents.policies.catalogue import BY_NAME
from sim.errors import ConfigError, Problem

VARIABLE = "GALLERIA_PLUGINS"  # files of this run, so that worker processes load them too
_LOADED: dict[str, ModuleType] = {}


def own_policies() -> dict[str, Any]:
    """Return the classes of all policies in the plug-ins of this run, by their names; raises ConfigError for what is wrong in the files."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for path in plugin_files():
        try:
            module = _load(path)
        except Exception as reason:  # whatever somebody's file does when it is read
            problems.append(_unreadable(path, reason))
            continue
        classes = [value for value in vars(module).values() if _is_policy(value, module)]
        if not classes:
            rule = "a plug-in has at least one class with `name` and `review(observations, profiles, tools)`"
            problems.append(Problem(str(path), "no policy in it", rule, "see docs/how-to/write-a-policy.md"))
        for each in classes:
            if each.name in BY_NAME or each.name in found:
                rule = "every policy has a name of its own"
                problems.append(Problem(f"{path}: class {each.__name__}", repr(each.name), rule, "give it another `name`"))
            found[each.name] = each
    if problems:
        raise ConfigError.of("the plug-ins", problems)
    return found


def plugin_files() -> list[Path]:
    """Return the files named for this run."""
    return [Path(text) for text in os.environ.get(VARIABLE, "").split(os.pathsep) if text]


def plugin_digests() -> dict[str, str]:
    """Return the SHA-256 of each plug-in by its file's name, for the manifest."""
    return {f"plugin:{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in plugin_files()}


def _load(path: Path) -> ModuleType:
    key = str(path.resolve())
    if key not in _LOADED:
        name = f"galleria_plugin_{path.stem}"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError("no Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
        _LOADED[key] = module
    return _LOADED[key]


def _is_policy(value: Any, module: ModuleType) -> bool:
    is_own = isinstance(value, type) and value.__module__ == module.__name__
    return is_own and callable(getattr(value, "review", None)) and isinstance(getattr(value, "name", None), str)


def _unreadable(path: Path, reason: Exception) -> Problem:
    lines = [frame.lineno for frame in traceback.extract_tb(reason.__traceback__) if frame.filename == str(path)]
    line = getattr(reason, "lineno", None) or (lines[-1] if lines else None)
    place = f"{path}:{line}" if line else str(path)
    return Problem(
        place, f"{type(reason).__name__}: {reason}", "must be a Python file that can be read", "mend it, or name another"
    )
