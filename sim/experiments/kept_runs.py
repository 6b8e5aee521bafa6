"""Finished runs of an experiment, one small JSON each, so that an interrupted experiment goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.config import RunConfig
from sim.reporting.files import json_text, write_json
from sim.reporting.manifest import config_sha256, package_versions, write_config

RUNS_FOLDER = "runs"
UNFINISHED = ".unfinished"  # stands in the folder until its manifest does, as in the folder of a run
KEPT_SCHEMA_VERSION = 1
Kpis = dict[str, Any]
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class KeptRuns:
    """The folder of an experiment and what its results rest on besides their configuration."""

    folder: Path
    basis: str  # see `basis_of`

    def read(self, arm: str, replication: int, config: RunConfig) -> Kpis | None:
        """Return the KPIs of a run made before; None where there is none, it is damaged, or it rests on something else."""
        try:
            record = json.loads(self._path(arm, replication).read_text(encoding="utf-8"))
            digest = record.pop("sha256")
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None
        facts = self._facts(config)
        if digest != _sha256(record) or {name: record.get(name) for name in facts} != facts:
            return None
        kpis: Kpis = record["kpis"]
        return kpis

    def keep(self, arm: str, replication: int, config: RunConfig, kpis: Kpis) -> None:
        """Write a finished run, whole or not at all."""
        record = {"arm": arm, "replication": replication, **self._facts(config), "kpis": kpis}
        write_json(self._path(arm, replication), {**record, "sha256": _sha256(record)})

    def keep_config(self, arm: str, config: RunConfig) -> None:
        """Write the configuration that all runs of an arm start from."""
        folder = self._path(arm, 0).parent
        folder.mkdir(parents=True, exist_ok=True)
        write_config(folder, config)

    def _facts(self, config: RunConfig) -> dict[str, Any]:
        digests = {"config_sha256": config_sha256(config), "basis_sha256": self.basis}
        return {"schema": KEPT_SCHEMA_VERSION, "seed": config.seed, **digests}

    def _path(self, arm: str, replication: int) -> Path:
        return self.folder / RUNS_FOLDER / folder_name(arm) / f"{replication:05d}.json"


def folder_name(arm: str) -> str:
    """Return a name for the folder of an arm, whose own name may be any text ("a.b=../x"); a digest keeps two that look alike apart."""
    words = re.sub(r"[^A-Za-z0-9_.=-]+", "_", arm).strip("._")[:40]
    return f"{words}-{hashlib.sha256(arm.encode()).hexdigest()[:8]}"


def can_continue(folder: Path) -> bool:
    """Say whether a folder holds a comparison, finished or not, that `compare` would complete rather than spoil."""
    return (folder / RUNS_FOLDER).is_dir() and any((folder / name).exists() for name in (UNFINISHED, "comparison.json"))


def basis_of(plan_digests: Mapping[str, str]) -> str:
    """Return a digest of all that results rest on besides configurations: code, versions of libraries, floor plans."""
    digest = hashlib.sha256(json_text([package_versions(), sorted(plan_digests.items())]).encode())
    for package in (_PACKAGE, _PACKAGE.parent / "agents"):
        for source in sorted(package.rglob("*.py")):
            digest.update(source.relative_to(package.parent).as_posix().encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def _sha256(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json_text(dict(record), indent=None).encode()).hexdigest()
