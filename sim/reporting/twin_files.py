"""Writes what a live twin has said: tables, what was set aside, the status, the page, and the manifest last of all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.reporting.files import csv_cell, plain, write_atomically, write_json
from sim.reporting.manifest import config_sha256, galleria_version, git_commit, package_versions, write_manifest
from sim.reporting.recorder import write_columns
from sim.reporting.twin_page import page

SCHEMA_VERSION = 1
SCORES = ("what", "of", "ahead_min", "forecasts", "crps_mean", "error_mean", "measured_mean", "covered_share")
ALARMS = ("raised_us", "what", "where", "side", "since_us", "until_us", "quarters", "measured", "low", "high")
TRIED = ("made_us", "policy", "ahead_min", "what", "where", "difference", "low", "high")
Row = Mapping[str, Any]


def write_said(
    folder: Path,
    status: Row,
    forecasts: Mapping[str, np.ndarray],
    alarms: Iterable[Row],
    tried: Iterable[Row],
    aside: Iterable[Row],
) -> None:
    """Write all tables and the status anew; each file is the old one or the whole new one, whenever the process ends."""
    write_columns(folder / "forecasts.parquet", forecasts)
    _write_csv(folder / "scores.csv", SCORES, status["scores"])
    _write_csv(folder / "alarms.csv", ALARMS, alarms)
    _write_csv(folder / "tried.csv", TRIED, tried)
    write_atomically(folder / "aside.jsonl", "".join(json.dumps(plain(dict(row))) + "\n" for row in aside))
    write_json(folder / "status.json", status)


def write_end(folder: Path, config: RunConfig, status: Row, courses: Row, alarms: Sequence[Row], facts: Row) -> None:
    """Write the page, and the manifest with `facts` (command, feed, its SHA-256, ...); nothing may be written after it."""
    write_atomically(folder / "twin.html", page(status, courses, alarms))
    about = {
        "schema": SCHEMA_VERSION,
        "kind": "twin",
        "version": galleria_version(),
        "seed": config.seed,
        "date": config.date,
        "config_sha256": config_sha256(config),
        "git_commit": git_commit(),
        "packages": package_versions(),
    }
    write_manifest(folder, {**about, **facts})


def _write_csv(path: Path, names: Sequence[str], rows: Iterable[Row]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    write_atomically(path, text.getvalue())


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    return csv_cell(value) if isinstance(value, str) else value
