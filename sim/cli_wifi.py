"""`galleria floorplan draw --coverage` and `access-points`: where a plan's Wi-Fi is heard, and where it should hang."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim import paths
from sim.cli_output import UsageError, note, say, say_json, say_table
from sim.config_keys import value_problem
from sim.errors import ConfigError, FloorPlanError, Problem

TARGET_M = (0.5, 50.0)  # range of target_p75_m


def draw_coverage(options: argparse.Namespace) -> int:
    """Draw each level of a plan by the strength of its Wi-Fi and by the error of positions."""
    from sim.cli_run import announce_compiling
    from sim.floorplan.cache import load_compiled

    names, _, overrides = _sorted_words(options, {})
    path = paths.find_floorplan(options.path)
    config = _sensed_by(overrides)
    compiled = load_compiled(path)
    if compiled.access_points is None or not compiled.access_points.key.size:
        rule, way_out = "coverage is that of access points", f"propose some: galleria floorplan access-points {options.path}"
        raise FloorPlanError.of(path, [Problem("access_points.geojson", "none", rule, way_out)])
    announce_compiling()
    from sim.reporting import coverage_drawing
    from sim.sensing.radio.coverage import coverage_of, shares_of

    folder = Path(names[0]) if names else Path("outputs") / f"coverage_{path.stem}"
    found = coverage_of(compiled, config.sensing, config.seed)
    levels = shares_of(compiled, found)
    files = [str(file) for file in coverage_drawing.draw_coverage(compiled, found, levels, config, folder)]
    if options.json:
        say_json({"plan": str(path), "files": files, "levels": levels})
        return 0
    for file in files:
        say(file)
    say()
    rows = [
        [
            *(one["name"], one["access_points"], _percent(one["good_share"]), _percent(one["three_heard_share"])),
            *(one["error_m_p75"], _percent(one["floor_right_share"])),
        ]
        for one in levels
    ]
    say_table(
        rows, ("level", "access points", "at -67 dBm or better", "hears 3 or more", "error p75, m", "right level"), right=True
    )
    return 0


def access_points(options: argparse.Namespace, destination: Callable[[str], Path]) -> int:
    """Propose the fewest access points for an error, and write the plan with them."""
    from sim.cli_run import announce_compiling
    from sim.floorplan.cache import load_compiled
    from sim.floorplan.read import read_plan
    from sim.progress import Progress

    names, values, overrides = _sorted_words(options, {"target_p75_m": 5.0})
    target_m = float(values["target_p75_m"])
    path = paths.find_floorplan(options.path)
    folder = destination(names[0]) if names else Path("outputs") / f"access_points_{path.stem}"
    config = _sensed_by(overrides)
    compiled = load_compiled(path)
    announce_compiling()
    from sim.floorplan.write_galleria import write_plan
    from sim.sensing.radio.wifi_design import propose

    progress = Progress("access points")
    try:
        found = propose(
            compiled, config.sensing, config.seed, target_m, lambda done, of: progress.count(done, of, "arrangements")
        )
    finally:
        progress.close()
    points = _as_drawn(compiled, found.access_points)
    write_plan(dataclasses.replace(read_plan(path), name=folder.name, access_points=points), folder)
    if options.json:
        attempts = [_record(attempt) for attempt in found.attempts]
        more = {"attempts": attempts, "proposed": _record(found.best), "confirmed_m_p75": _or_none(found.confirmed_m_p75)}
        say_json({"plan": str(folder), "target_p75_m": target_m, "is_reached": found.best.error_m_p75 <= target_m, **more})
        return 0
    _say_proposal(found, target_m)
    own = 0 if compiled.access_points is None else compiled.access_points.key.size
    say(f"{folder}: the plan with them in access_points.geojson (it had {own})")
    note(f"Look at it: galleria floorplan draw {folder} --coverage    Run it: galleria run everyday floorplan={folder}")
    return 0


def _say_proposal(found: Any, target_m: float) -> None:
    rows = [
        [one.what, one.spacing_m, one.access_points, _or_none(one.error_m_p75), _percent(one.floor_share)]
        for one in found.attempts
    ]
    say_table(rows, ("tried", "spacing, m", "access points", "error p75, m", "right level"), right=True)
    say()
    best, confirmed_m = found.best, found.confirmed_m_p75
    errors = f"{best.error_m_p75:.2f} m with the phones of the search, {confirmed_m:.2f} m with others"
    if best.error_m_p75 > target_m:
        say(f"No arrangement tried reaches {target_m:g} m. The best: {best.access_points} access points, {best.spacing_m:g} m apart; {errors}.")  # fmt: skip
    else:
        say(
            f"{best.access_points} access points reach {target_m:g} m{'' if confirmed_m <= target_m else ', barely'}: {errors}."
        )


def _as_drawn(compiled: Any, points: Any) -> list[Any]:
    """Return access points as a plan has them, numbered on each level."""
    from sim.floorplan.plan import AccessPoint

    drawn = []
    numbers = dict.fromkeys(range(len(compiled.level_ids)), 0)
    for level, x_m, y_m, z_m, band_ghz, power_dbm in zip(*(column.tolist() for column in points[1:]), strict=True):
        numbers[level] += 1
        height_m = round(z_m - compiled.level_heights_m[level], 3)
        identity = f"ap-{compiled.level_ids[level]}-{numbers[level]:03d}"
        drawn.append(AccessPoint(identity, compiled.level_ids[level], x_m, y_m, height_m, band_ghz, power_dbm))
    return drawn


def _record(attempt: Any) -> dict[str, Any]:
    return {**attempt._asdict(), "error_m_p75": _or_none(attempt.error_m_p75)}


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.1f} %"


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _sorted_words(options: argparse.Namespace, defaults: dict[str, Any]) -> tuple[list[str], dict[str, Any], list[str]]:
    """Return a destination (or none), the parameters with their values, and what goes to the configuration of a run."""
    command = f"galleria floorplan {options.action}"
    names, overrides, values, problems = [], [], dict(defaults), []
    for word in options.more:
        key, equals, text = word.partition("=")
        if not equals:
            names.append(word)
        elif key in defaults:
            values[key] = _number(text)
            problem = value_problem(values[key], float, f"command line: {word}")
            if problem is None and not TARGET_M[0] <= values[key] <= TARGET_M[1]:
                rule = f"must lie between {TARGET_M[0]:g} and {TARGET_M[1]:g} m"
                problem = Problem(f"command line: {word}", text, rule, "5 is what such systems are said to reach")
            problems += [problem] if problem else []
        elif key == "seed" or key.split(".")[0] == "sensing":
            overrides.append(word)
        else:
            known = [*defaults, "seed", "sensing.KEY"]
            problems.append(paths.unknown_name(f"command line: {word}", key, known, "parameter", "`galleria floorplan --help`"))
    if problems:
        raise ConfigError.of(command, problems)
    if len(names) > 1:
        raise UsageError(f"{command}: {names[1]!r} is one word too many. See `galleria floorplan --help`.")
    return names, values, overrides


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _sensed_by(overrides: Sequence[str]) -> Any:
    """Return the configuration of an everyday run with these differences."""
    from sim.config_files import compose

    return compose("everyday", overrides)
