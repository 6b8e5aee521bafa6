"""Compiled plans kept in the user's cache folder, found by a digest of the drawing's raw bytes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import fields, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.paths import find_floorplan
from sim.plan_arrays import AccessPoints, CompiledPlan, PlanArrays, RoomRaster
from sim.schema.layout import LayoutConfig, drawing_changes

if TYPE_CHECKING:
    from sim.config import RunConfig

FORMAT = 2
KEPT_PLANS = 32  # older ones are dropped: each edit of a drawing makes a new one
# How deep rings are nested in each field: levels of tuples above the arrays.
NESTED = {
    "walkable_rings": 3,
    "unit_rings": 2,
    "structure_rings": 3,
    "zone_rings": 2,
    "outline_rings": 2,
    "parking_rings": 2,
}
TABLES: dict[str, type] = {"arrays": PlanArrays, "rooms": RoomRaster, "access_points": AccessPoints}  # tuples of arrays


def cache_folder() -> Path:
    """Return $XDG_CACHE_HOME or ~/.cache, then galleria/plans."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "galleria" / "plans"


@cache
def _compiler_digest() -> bytes:
    """Return a digest of all that turns bytes into arrays: these sources and the libraries' versions."""
    # Asked of the installed packages, because importing the geometry library costs more than a warm load.
    used = " ".join(f"{package} {version(package)}" for package in ("shapely", "scipy", "numpy"))
    digest = hashlib.sha256(f"{FORMAT} {used}".encode())
    here = Path(__file__).resolve().parent
    for source in sorted([*here.glob("*.py"), here.parent / "plan_arrays.py", here.parent / "categories.py"]):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.digest()


def raw_digest(folder: Path) -> str:
    """Return the SHA-256 of a plan's files (or of its one file), their names, and the compiler; parses nothing.

    Files lie in the folder or one below: somebody who names a whole disk does not wait for it to be read.
    """
    digest = hashlib.sha256(_compiler_digest())
    digest.update(folder.name.encode() + b"\0")  # a plan is named by its folder
    files = (
        [folder]
        if folder.is_file()
        else sorted(path for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.is_file())
    )
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _flat(value: Any, depth: int, rings: list[np.ndarray]) -> Any:
    """Return nested ring lists with each array replaced by its length, the arrays appended to `rings`."""
    if depth == 0:
        rings.append(value)
        return len(value)
    return [_flat(inner, depth - 1, rings) for inner in value]


def _nested(value: Any, points: np.ndarray, at: list[int]) -> Any:
    if isinstance(value, int):
        at[0] += value
        return points[at[0] - value : at[0]]
    return tuple(_nested(inner, points, at) for inner in value)


def _packed(plan: CompiledPlan) -> tuple[bytes, dict[str, Any]]:
    """Return a compiled plan as the bytes of an .npz and plain data."""
    rings: list[np.ndarray] = []
    words: dict[str, Any] = {}
    for field in fields(CompiledPlan):
        value = getattr(plan, field.name)
        if field.name in NESTED:
            words[field.name] = _flat(value, NESTED[field.name], rings)
        elif field.name not in TABLES:
            words[field.name] = value
    columns = {
        f"{table}/{name}": column
        for table in TABLES
        if getattr(plan, table) is not None
        for name, column in getattr(plan, table)._asdict().items()
    }
    columns["rings_m"] = np.concatenate(rings) if rings else np.zeros((0, 2))
    buffer = io.BytesIO()
    np.savez(buffer, **columns)
    return buffer.getvalue(), words


def _tuples(value: Any) -> Any:
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value


def _table(table: str, columns: dict[str, np.ndarray]) -> Any:
    """Return a tuple of arrays, numbers among them as numbers; None where nothing was kept."""
    kept = [columns.get(f"{table}/{name}") for name in TABLES[table].__annotations__]
    if any(column is None for column in kept):
        return None
    return TABLES[table](*(column.item() if column is not None and column.ndim == 0 else column for column in kept))


def _unpacked(content: bytes, words: dict[str, Any]) -> CompiledPlan:
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        columns = {name: stored[name] for name in stored.files}
    points, at = columns.pop("rings_m"), [0]
    values: dict[str, Any] = {table: _table(table, columns) for table in TABLES}
    for field in fields(CompiledPlan):
        if field.name in NESTED:
            values[field.name] = _nested(words[field.name], points, at)
        elif field.name not in TABLES:
            values[field.name] = _tuples(words[field.name])
    return CompiledPlan(**values)


def _write(path: Path, content: bytes) -> None:
    """Write by temporary file, fsync and rename, so that a reader sees all or nothing."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as temporary:
        temporary.write(content)
        temporary.flush()
        os.fsync(temporary.fileno())
    os.replace(temporary.name, path)


def store(folder: Path, key: str, plan: CompiledPlan) -> None:
    """Keep a compiled plan under a key; the words are written last and carry the arrays' hash."""
    content, words = _packed(plan)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{key}.npz", content)
    text = json.dumps(words, ensure_ascii=False, sort_keys=True)
    head = {
        "arrays_sha256": hashlib.sha256(content).hexdigest(),
        "words_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    _write(folder / f"{key}.json", (json.dumps(head) + "\n" + text).encode())
    newest_first = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in newest_first[KEPT_PLANS:]:
        old.unlink(missing_ok=True)
        old.with_suffix(".npz").unlink(missing_ok=True)


def fetch(folder: Path, key: str) -> CompiledPlan | None:
    """Return the plan kept under a key, or None where there is none or it is damaged."""
    try:
        head_text, _, text = (folder / f"{key}.json").read_text(encoding="utf-8").partition("\n")
        head = json.loads(head_text)
        content = (folder / f"{key}.npz").read_bytes()
        if hashlib.sha256(text.encode()).hexdigest() != head["words_sha256"]:
            return None
        if hashlib.sha256(content).hexdigest() != head["arrays_sha256"]:
            return None
        return _unpacked(content, json.loads(text))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def load_compiled(folder: Path, layout: LayoutConfig | None = None) -> CompiledPlan:
    """Return the compiled plan of a drawing's folder as a layout changes it, from the cache where both are known.

    Raises FloorPlanError, and ConfigError for a layout that cannot be. A cache that cannot be written costs time, nothing else.
    """
    folder = Path(folder).resolve()
    key = raw_digest(folder)
    changes = drawing_changes(layout) if layout is not None else {}
    if changes:
        key = hashlib.sha256(f"{key} {json.dumps(changes, sort_keys=True)}".encode()).hexdigest()
    kept = fetch(cache_folder(), key)
    if kept is not None:
        return kept
    # Reading and compiling import the geometry code, which a warm start does without.
    from sim.floorplan.check import require_sound
    from sim.floorplan.compile import compile_plan
    from sim.floorplan.read import read_plan

    drawn = require_sound(read_plan(folder), folder)
    if changes and layout is not None:
        from sim.floorplan.layout import offer_m2, with_layout

        changed, made = with_layout(drawn, layout, folder)
        compiled = compile_plan(require_sound(changed, f"{folder.name} as the layout changes it"))
        plan = replace(compiled, layout_changes=tuple(made), drawn_offer_m2=offer_m2(drawn))
    else:
        plan = compile_plan(drawn)
    with suppress(OSError):
        store(cache_folder(), key, plan)
    return plan


def compiled_for(config: RunConfig) -> CompiledPlan:
    """Return the compiled plan of a run: its drawing, as its layout changes it."""
    return load_compiled(find_floorplan(config.floorplan), config.layout)
