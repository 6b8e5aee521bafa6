"""Where a run comes from, and the manifest that says it is finished and what its files are."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sim.config import RunConfig
from sim.errors import GalleriaError, Problem
from sim.reporting.files import json_text, sha256_of, write_atomically, write_json

MANIFEST_SCHEMA_VERSION = 1
PACKAGES = (
    "numpy", "numba", "scipy", "simpy", "mesa", "networkx", "shapely", "pyarrow", "matplotlib", "hydra-core", "omegaconf", "PyYAML",
    "holidays",
)  # fmt: skip


def galleria_version() -> str:
    """Return the version of the installed distribution, "unknown" where it runs from bare sources."""
    return _version_of("galleria") or "unknown"


def package_versions() -> dict[str, str]:
    """Return the version of Python and of each library that can move a number."""
    found = {name: _version_of(name) for name in PACKAGES}
    return {"python": platform.python_version(), **{name: version for name, version in found.items() if version}}


def _version_of(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def git_commit() -> str | None:
    """Return the commit of the sources, with "-dirty" when they differ from it; None outside a repository."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():  # an installed copy may lie inside somebody else's repository
        return None
    try:
        commit, changes = (
            subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
            for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}-dirty" if changes else commit


def config_sha256(config: RunConfig) -> str:
    """Return the SHA-256 of the whole configuration as JSON with sorted keys."""
    ordered = _sorted(dataclasses.asdict(config))
    return hashlib.sha256(json_text(ordered, indent=None).encode()).hexdigest()


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def write_config(folder: Path, config: RunConfig) -> None:
    """Write config.yaml: every key of the run with the value it had."""
    text = yaml.safe_dump(dataclasses.asdict(config), sort_keys=False, allow_unicode=True, width=120)
    write_atomically(folder / "config.yaml", text)


def provenance(
    config: RunConfig,
    floorplan_sha256: str,
    events_content_sha256: str,
    visits: int,
    engine_s: float,
    wall_s: float,
    continued_from: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the manifest says besides its files; `continued_from` are SHA-256 by name of files of an earlier run."""
    return {
        "schema": MANIFEST_SCHEMA_VERSION,
        "version": galleria_version(),
        "seed": config.seed,
        "date": config.date,
        "config_sha256": config_sha256(config),
        "floorplan_sha256": floorplan_sha256,
        "events_content_sha256": events_content_sha256,
        **({"continued_from": dict(continued_from)} if continued_from else {}),
        **({"experiment": experiment_of(config)} if config.policies else {}),
        "git_commit": git_commit(),
        "packages": package_versions(),
        "wall_s": round(wall_s, 3),
        "engine_s": round(engine_s, 3),
        "shoppers_per_s": round(visits / engine_s, 1) if engine_s > 0 else None,
    }


def experiment_of(config: RunConfig) -> dict[str, Any]:
    """Return which experiment a run with policies was: what acted, who was held back by which design, and who was held out from all."""
    return {
        "policies": sorted(config.policies),
        **dataclasses.asdict(config.policy.design),
        "holdout_share": config.sensing.identity.holdout_share,
        "messages_withheld": sorted(config.policy.withheld),
    }


def files_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every finished file in the folder, by its path in it; hidden and temporary ones are left out."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path: path.relative_to(folder) for path in found}
    return {
        name.as_posix(): sha256_of(path)
        for path, name in names.items()
        if name.as_posix() != "manifest.json" and not any(part.startswith(".") for part in name.parts)
    }


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """Write manifest.json with the facts of `provenance` and the digests of all files; nothing may be written after it."""
    write_json(folder / "manifest.json", {**facts, "files": files_of(folder)})


def read_finished(folder: Path, name: str) -> dict[str, Any]:
    """Return a JSON file of a finished folder, checked against its manifest; raises GalleriaError where they disagree."""
    way_out = "run it again, into another folder"
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if name == "manifest.json":
            return dict(manifest)
        if manifest["files"][name] != sha256_of(folder / name):
            raise GalleriaError.of(
                folder, [Problem(name, "another SHA-256", "must be as the manifest says it was written", way_out)]
            )
        return dict(json.loads((folder / name).read_text(encoding="utf-8")))
    except FileNotFoundError as missing:
        problem = Problem(Path(str(missing.filename)).name, "no such file", "a finished run has one", way_out)
    except (ValueError, KeyError, TypeError) as trouble:
        problem = Problem(name, f"{type(trouble).__name__}: {trouble}", "must be readable, and named in the manifest", way_out)
    raise GalleriaError.of(folder, [problem])
