"""Reads a YAML file that somebody may have sent: plain values only, with the line of every key, and all its problems at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sim.errors import Problem

BYTES_MAX = 1_000_000
DEPTH_MAX = 50
NODES_MAX = 50_000
_PACKAGE_HEADER = re.compile(r"^#\s*@package\s+(\S+)\s*$")
_CODE_KEYS = ("_target_", "_partial_", "_recursive_", "_convert_", "_args_")
Keys = tuple[str | int, ...]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.1 as OmegaConf reads it: dates stay text, and 1e5 is a number."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?\d[\d_]*(?:\.[\d_]*)?[eE][-+]?\d+$"), list("-+0123456789")
)


@dataclass
class PlainFile:
    """What a file says: nested dicts, lists and plain values, the line of each key, its package header, and its problems."""

    path: Path
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Keys, int] = field(default_factory=dict)
    package: str = ""
    problems: list[Problem] = field(default_factory=list)
    text: str = ""

    def place(self, keys: Keys = (), line: int = 0) -> str:
        """Return "file:line: key" of a key, or of the nearest key above it."""
        found = line
        for length in range(len(keys), 0, -1):
            if not found:
                found = self.lines.get(keys[:length], 0)
        return ": ".join(part for part in (f"{self.path}:{found or 1}", dotted(keys)) if part)


def dotted(keys: Keys) -> str:
    """Return "operations.outages[0].asset" of ("operations", "outages", 0, "asset")."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def read_plain(path: Path) -> PlainFile:
    """Read a file without running, resolving or following anything; what is wrong stands in `problems`."""
    problems: list[Problem] = []
    text = text_of(path, problems)
    return PlainFile(path, problems=problems) if text is None else plain_file(path, text)


def plain_file(path: Path, text: str) -> PlainFile:
    """Return what the text of a file says, as `read_plain` does."""
    found = PlainFile(path, text=text)
    for line in text.splitlines()[:5]:
        header = _PACKAGE_HEADER.match(line)
        if header:
            found.package = header[1]
    try:
        found.problems.extend(_unsafe_events(text, found))
        if found.problems:
            return found
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as trouble:
        found.problems.append(_syntax_problem(found, trouble))
        return found
    if root is None:
        return found
    if not isinstance(root, yaml.MappingNode):
        found.problems.append(Problem(found.place(), "", "must hold `key: value` lines", "write keys and values"))
        return found
    found.values = _plain(root, (), found)
    return found


def text_of(path: Path, problems: list[Problem]) -> str | None:
    """Return a file's text; None, with a problem, for anything that is not a text file of reasonable size."""
    try:
        raw, problem = _bytes_of(path)
    except OSError as trouble:
        raw, problem = b"", Problem(f"{path}:1", "", f"cannot be read: {trouble.strerror}", "check its permissions")
    if problem:
        problems.append(problem)
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = raw[: trouble.start].count(b"\n") + 1
        problems.append(Problem(f"{path}:{line}", f"byte 0x{raw[trouble.start]:02x}", "must be UTF-8 text", "save it as UTF-8"))
        return None
    control = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        problems.append(
            Problem(f"{path}:{line}", repr(control[0]), "must be text without control characters", "save it as UTF-8 text")
        )
        return None
    return text


def _bytes_of(path: Path) -> tuple[bytes, Problem | None]:
    place = f"{path}:1"
    if path.is_dir():
        return b"", Problem(place, "a folder", "must be a YAML file", "name a file in it")
    if not path.is_file():
        return b"", Problem(place, "", "does not exist or is no ordinary file", "check the name")
    size = path.stat().st_size
    if size > BYTES_MAX:
        return b"", Problem(
            place, f"{size:,} bytes", f"must be at most {BYTES_MAX:,} bytes", "leave only the differences in it"
        )
    raw = path.read_bytes()
    if not raw.strip():
        return b"", Problem(place, "0 bytes", "is empty", "write at least `question: ...`")
    return raw, None


def _unsafe_events(text: str, found: PlainFile) -> Iterator[Problem]:
    """Refuse what could run code or swell in memory, before any tree is built."""
    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1
        nodes += isinstance(event, yaml.NodeEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX:
            yield Problem(found.place(line=line), "", f"is nested more than {DEPTH_MAX} deep", "no key of Galleria needs that")
            return
        if nodes > NODES_MAX:
            yield Problem(
                found.place(line=line), "", f"holds more than {NODES_MAX:,} values", "leave only the differences in it"
            )
            return
        if documents > 1:
            yield Problem(found.place(line=line), "---", "must hold one document", "put each scenario into a file of its own")
            return
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
            yield Problem(
                found.place(line=line), f"{mark}{event.anchor}", "anchors and aliases are refused", "write the value out"
            )
            return
        if getattr(event, "tag", None):
            yield Problem(
                found.place(line=line), str(event.tag), "tags are refused: scenario files are plain data", "leave the tag out"
            )


def _syntax_problem(found: PlainFile, trouble: yaml.YAMLError) -> Problem:
    mark = getattr(trouble, "problem_mark", None)
    reason = getattr(trouble, "problem", None) or str(trouble).splitlines()[0]
    line = mark.line + 1 if mark else 1
    return Problem(found.place(line=line), "", f"is not valid YAML: {reason}", "check quotes, colons and indents there")


def _plain(node: yaml.Node, keys: Keys, found: PlainFile) -> Any:
    line = node.start_mark.line + 1
    found.lines.setdefault(keys, line)
    if isinstance(node, yaml.MappingNode):
        return _plain_dict(node, keys, found)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*keys, index), found) for index, child in enumerate(node.value)]
    value = _scalar(node)
    problem = text_problem(found.place(keys, line), value)
    if problem:
        found.problems.append(problem)
    return value


def _plain_dict(node: yaml.MappingNode, keys: Keys, found: PlainFile) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
            found.problems.append(Problem(found.place(keys, line), "", "a key must be a word", "write `key: value`"))
            continue
        key = str(key_node.value)
        place = found.place((*keys, key), line)
        problem = key_problem(place, key, in_defaults="defaults" in keys)
        if problem is None and key in values:
            problem = Problem(
                place, key, "stands twice", f"keep one of them (the first is on line {found.lines[(*keys, key)]})"
            )
        if problem:
            found.problems.append(problem)
            continue
        found.lines[(*keys, key)] = line
        values[key] = _plain(value_node, (*keys, key), found)
    return values


def _scalar(node: yaml.ScalarNode) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (ValueError, yaml.YAMLError, OverflowError):
        return str(node.value)


def key_problem(place: str, key: str, *, in_defaults: bool = False) -> Problem | None:
    """Refuse keys by which a file would name code or change the machinery."""
    bare = key.removeprefix("override ").removeprefix("optional ").lstrip("/+~")
    if bare.split(".")[-1] in _CODE_KEYS or any(part in _CODE_KEYS for part in bare.split(".")):
        return Problem(
            place, key, "scenario files are data and never name code", "add code at the command line, policies by their name"
        )
    if bare == "hydra" or bare.startswith(("hydra/", "hydra.", "hydra@")):
        return Problem(place, key, "settings of the composing machinery are refused", "leave this block out")
    if "${" in key or (not in_defaults and ("/" in key or "@" in key)):
        return Problem(place, key, "is no key", "see `galleria list parameters`")
    return None


def text_problem(place: str, value: Any) -> Problem | None:
    """Refuse a text that would be resolved into something else."""
    if isinstance(value, str) and ("${" in value or value.strip() == "???"):
        return Problem(place, repr(value[:60]), "references and resolvers are refused", "write the value itself")
    return None
