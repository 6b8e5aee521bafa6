"""A snapshot's folder: state as JSON and arrays, tables as Parquet, and a manifest, written last, by which every byte is checked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.config import RunConfig
from sim.errors import GalleriaError, Problem
from sim.reporting.files import sha256_of, write_atomically, write_json
from sim.reporting.manifest import config_sha256, galleria_version, git_commit, package_versions
from sim.saved.arrays import ReadArrays, write_arrays
from sim.saved.configs import config_of, plain_config
from sim.saved.names import MANIFEST
from sim.saved.tree import Node, Tree

SCHEMA_VERSION = 1
CONFIG, STATE, ARRAYS = "config.json", "state.json", "arrays.npz"
KINDS = {"day": "a day at an instant", "days": "a run of several days, between two of them"}
SHAPES_THE_STATE = ("numpy", "mesa", "simpy", "numba", "pyarrow")  # libraries by whose version results may differ


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that has been read and found whole: `facts` is its manifest, `own` what its kind says beside the state."""

    folder: Path
    facts: dict[str, Any]
    config: RunConfig
    nodes: list[Node]
    roots: dict[str, Any]
    own: dict[str, Any]
    arrays: ReadArrays

    @property
    def sha256(self) -> str:
        """The digest of its manifest, which names those of all its files."""
        return sha256_of(self.folder / MANIFEST)


def write_snapshot(
    folder: Path,
    kind: str,
    config: RunConfig,
    floorplan_sha256: str,
    tree: Tree,
    roots: Mapping[str, Any],
    own: Mapping[str, Any],
    more: Callable[[Path], None],
) -> Path:
    """Write a snapshot into a new folder, which takes its name when it is whole; `more` writes files of its own into it.

    An earlier snapshot of that name is replaced.
    """
    making = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        more(making)
        write_atomically(making / CONFIG, json.dumps(plain_config(config), indent=1) + "\n")
        write_arrays(making / ARRAYS, tree.arrays)
        state = {"roots": dict(roots), "own": dict(own), "nodes": tree.nodes}
        write_atomically(making / STATE, json.dumps(state, separators=(",", ":"), allow_nan=False) + "\n")
        packages = package_versions()
        facts = {
            "schema": SCHEMA_VERSION, "kind": kind, "version": galleria_version(), "basis_sha256": basis_sha256(), "git_commit": git_commit(),
            "packages": {name: packages[name] for name in SHAPES_THE_STATE if name in packages}, "name": config.name, "seed": config.seed,
            "date": config.date, "config_sha256": config_sha256(config), "floorplan_sha256": floorplan_sha256, **own,
        }  # fmt: skip
        files = {path.name: sha256_of(path) for path in sorted(making.iterdir())}
        write_json(making / MANIFEST, {**facts, "files": files})
        _sync(making)
        _take_name(making, folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return folder


def read_snapshot(folder: Path, kinds: tuple[str, ...] = tuple(KINDS)) -> Snapshot:
    """Return a snapshot, every file checked; raises GalleriaError where it is another version's, another kind's, or not as written."""
    facts = _facts(folder)
    problems = [*_other_version(facts), *_other_files(folder, facts)]
    if facts.get("kind") not in kinds and facts.get("schema") == SCHEMA_VERSION:
        wanted = " or ".join(KINDS[kind] for kind in kinds)
        problems.append(Problem("kind", str(facts.get("kind")), f"must be {wanted}", "name another snapshot"))
    if problems:
        raise GalleriaError.of(folder, problems)
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    config = config_of(json.loads((folder / CONFIG).read_text(encoding="utf-8")))
    if config_sha256(config) != facts["config_sha256"]:
        raise GalleriaError.of(folder, [Problem(CONFIG, "another SHA-256", "must be the manifest's configuration", SAVE_ANEW)])
    return Snapshot(folder, facts, config, state["nodes"], state["roots"], state["own"], ReadArrays(folder / ARRAYS))


@lru_cache(maxsize=1)
def basis_sha256() -> str:
    """Return the SHA-256 of all source files of Galleria, by whose objects a state is told."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for path in sorted([*(root / "sim").rglob("*.py"), *(root / "agents").rglob("*.py")]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


SAVE_ANEW = "save it anew, or copy it again from where it was written"


def _facts(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if isinstance(found, dict) and isinstance(found.get("files"), dict) and "basis_sha256" in found:
            return found
        rule = "is the manifest of no snapshot"
    except (FileNotFoundError, NotADirectoryError):
        rule = "there is none: a snapshot's is written last, so that what was interrupted has none"
    except ValueError as trouble:
        rule = f"must be JSON: {trouble}"
    way_out = "name a folder that `galleria run ... --save-at 13:00` has written, such as DIR/snapshots/130000"
    raise GalleriaError.of(folder, [Problem(MANIFEST, "", rule, way_out)])


def _other_version(facts: Mapping[str, Any]) -> list[Problem]:
    """Return why this version cannot go on from a snapshot: one reason, the first that holds."""
    there = f"Galleria {facts.get('version')}" + (
        f", commit {str(facts['git_commit'])[:12]}" if facts.get("git_commit") else ""
    )
    way_out = f"resume it with the version that saved it ({there}), or save it anew with this one"
    if facts.get("schema") != SCHEMA_VERSION:
        return [Problem("schema", str(facts.get("schema")), f"this version reads schema {SCHEMA_VERSION}", way_out)]
    if facts.get("basis_sha256") != basis_sha256():
        return [
            Problem(
                "basis_sha256",
                str(facts.get("basis_sha256"))[:12],
                f"the program is another one ({basis_sha256()[:12]})",
                way_out,
            )
        ]
    here = package_versions()
    other = [f"{name} {version}" for name, version in (facts.get("packages") or {}).items() if here.get(name) != version]
    rule = "results would differ from those of the run that was saved, which had " + ", ".join(other)
    return [Problem("packages", "", rule, "install these versions")] if other else []


def _other_files(folder: Path, facts: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for name, sha256 in facts["files"].items():
        path = folder / Path(name).name
        if not path.is_file():
            problems.append(Problem(name, "no such file", "the manifest names it", SAVE_ANEW))
        elif sha256_of(path) != sha256:
            problems.append(Problem(name, "another SHA-256", "must be as the manifest says it was written", SAVE_ANEW))
    missing = [name for name in (CONFIG, STATE, ARRAYS) if name not in facts["files"]]
    return problems + [Problem(name, "", "the manifest must name it", SAVE_ANEW) for name in missing]


def _take_name(making: Path, folder: Path) -> None:
    """Give a finished folder its name; what had it goes only then, so that one of the two is always whole."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(making, folder)
    _sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
