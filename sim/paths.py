"""Where things lie: bundled and the user's own scenarios, plans and configuration, and a folder for each run."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable
from pathlib import Path

from sim.errors import ConfigError, Problem

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


def bundled_root() -> Path:
    """Return the folder with Galleria's own conf/, scenarios/ and floorplans/: the checkout, or what the wheel brought."""
    if (_CHECKOUT / "conf" / "config.yaml").is_file() and (_CHECKOUT / "pyproject.toml").is_file():
        return _CHECKOUT
    return _PACKAGE / "_bundled"


def roots() -> list[Path]:
    """Return the folders to look in, the user's own (the working directory) first."""
    found = [Path.cwd()]
    if bundled_root() != found[0].resolve():
        found.append(bundled_root())
    return found


def scenario_files() -> dict[str, Path]:
    """Return every scenario by name; one of the user's own hides a bundled one of the same name."""
    return _by_name("scenarios", "*.yaml")


def floorplan_folders() -> dict[str, Path]:
    """Return every floor plan by name: a folder of GeoJSON in floorplans/."""
    found: dict[str, Path] = {}
    for root in reversed(roots()):
        for folder in sorted((root / "floorplans").glob("*/")):
            if any(folder.glob("*.geojson")):
                found[folder.name] = folder
    return found


def group_files(group: str) -> dict[str, Path]:
    """Return the options of a configuration group by name."""
    return _by_name(f"conf/{group}", "*.yaml")


def group_names() -> list[str]:
    """Return the configuration groups, those that Galleria brings: a folder of one's own can only add options."""
    return sorted(folder.name for folder in (bundled_root() / "conf").glob("*/"))


def _by_name(folder: str, pattern: str) -> dict[str, Path]:
    return {path.stem: path for root in reversed(roots()) for path in sorted((root / folder).glob(pattern))}


def find_floorplan(name: str) -> Path:
    """Return the folder or file of a floor plan, given by name or by path; raises ConfigError with what there is."""
    plans = floorplan_folders()
    if name in plans:
        return plans[name]
    if name and "\0" not in name and Path(name).expanduser().exists():
        return Path(name).expanduser()
    raise ConfigError.of(
        "the configuration", [unknown_name("floorplan", name, plans, "floor plan", "`galleria list floorplans`")]
    )


def unknown_name(place: str, name: str, known: Iterable[str], noun: str, lister: str) -> Problem:
    """Say that a name does not exist, which one is nearest and what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    guess = f"did you mean {close[0]!r}? " if close else ""
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return Problem(place, repr(name), f"there is no {noun} of this name", f"{guess}available: {shown or 'none'} (see {lister})")


def new_output_folder(now: datetime.datetime | None = None, root: Path | None = None) -> Path:
    """Make and return outputs/<date>/<time>/, with a number added where another run took that second."""
    now = now or datetime.datetime.now()
    day = (root or Path.cwd() / "outputs") / now.strftime("%Y-%m-%d")
    day.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, 1000):
        folder = day / (now.strftime("%H-%M-%S") + (f"-{attempt}" if attempt > 1 else ""))
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise ConfigError(f"{day}: a thousand runs started in one second; name a folder with --out")
