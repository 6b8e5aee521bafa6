"""Files of finished jobs: those that a job's own manifest lists, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath

from sim.errors import GalleriaError, Problem
from sim.studio.jobs import Job

SHOWN = (".html", ".svg", ".csv", ".json")
MANIFEST_BYTES_MAX = 5_000_000
PLAIN_PATH = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
# A page of a run is a document of its own: it may run its script, and can read nothing of the planner's page. Its links open by themselves.
RESULT_POLICY = (
    "sandbox allow-scripts allow-downloads allow-modals allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src data:; worker-src blob:; connect-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def result_file(job: Job, name: str) -> Path | None:
    """Return a file of a job's folder; None where the job has none of the name that may be shown, whatever the disk has."""
    if job.state != "done" or not PLAIN_PATH.fullmatch(name) or PurePosixPath(name).suffix not in SHOWN:
        return None
    root = job.folder.resolve()
    if name != "manifest.json" and name not in _listed(root):
        return None
    path = root
    for part in PurePosixPath(name).parts:
        path = path / part
        if part in (".", "..") or path.is_symlink():
            return None
    return path if path.is_file() and path.resolve().is_relative_to(root) else None


def _listed(root: Path) -> set[str]:
    manifest = root / "manifest.json"
    try:
        if manifest.is_symlink() or manifest.stat().st_size > MANIFEST_BYTES_MAX:
            return set()
        return set(json.loads(manifest.read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def refuse_unfinished(job: Job) -> None:
    """Raise GalleriaError for a job that has no results."""
    if job.state != "done":
        raise GalleriaError.of("the page", [Problem("job", job.state, "has no results", "wait until it is done")])
