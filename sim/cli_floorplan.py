"""`galleria floorplan check | import | generate | draw | access-points`."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim import paths
from sim.cli_output import UsageError, note, say, say_json
from sim.config_keys import value_problem
from sim.errors import ConfigError, Problem

Act = Callable[[argparse.Namespace], int]

_EXAMPLE = """\
commands:
  galleria floorplan check PLAN             all problems of a plan at once; exit code 2 when it has any
  galleria floorplan import SOURCE DEST     read IMDF, per-floor GeoJSON or OpenStreetMap, write Galleria's own form
  galleria floorplan generate DEST [k=v]    make a parametric mall
  galleria floorplan draw PLAN [DEST]       draw each level as SVG and PNG with its tenants named
  galleria floorplan draw PLAN [DEST] --layout SCENARIO
                                            draw the levels that a scenario's layout changes, before and after
  galleria floorplan draw PLAN [DEST] --coverage [sensing.KEY=VALUE ...]
                                            draw each level by the strength of its Wi-Fi and by the error of positions
  galleria floorplan access-points PLAN [DEST] [target_p75_m=5] [sensing.KEY=VALUE ...]
                                            propose the fewest access points for an error, and write the plan with them

examples:
  galleria floorplan check riverside_mall
  galleria floorplan import ~/plans/joy_city/geojson floorplans/joy
  galleria floorplan generate floorplans/small_mall floors=3 tenants=60 entrances=2 parking_levels=1 parking_bays=400
  galleria floorplan draw corner_mall outputs/corner_mall
  galleria floorplan draw corner_mall --coverage sensing.positioning.estimator=nearest
  galleria floorplan access-points corner_mall corner_wifi target_p75_m=6

PLAN is a name from `galleria list floorplans` or a path; DEST without a slash stands for floorplans/DEST."""


def add_floorplan(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `floorplan`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("action", choices=tuple(ACTS), help="what to do")
    parser.add_argument("path", metavar="PATH", help="a plan, the source of an import, or the folder to generate into")
    parser.add_argument("more", metavar="DEST | key=value", nargs="*", help="where to write; parameters")
    parser.add_argument("--coverage", action="store_true", help="draw Wi-Fi instead of tenants")
    parser.add_argument("--layout", metavar="SCENARIO", help="draw before and after what a scenario changes")
    parser.add_argument("--overwrite", action="store_true", help="write into a folder that exists")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _floorplan


def _floorplan(options: argparse.Namespace) -> int:
    if options.coverage and options.action != "draw":
        raise UsageError(f"galleria floorplan {options.action}: --coverage belongs to `galleria floorplan draw`")
    if options.layout and (options.action != "draw" or options.coverage):
        raise UsageError("galleria floorplan: --layout belongs to `galleria floorplan draw`, without --coverage")
    return ACTS[options.action](options)


def _check(options: argparse.Namespace) -> int:
    from sim.floorplan.check import check_path

    _no_more(options, 0)
    path = paths.find_floorplan(options.path)
    problems, warnings = check_path(path)
    if options.json:
        kinds = {"problems": problems, "warnings": warnings}
        say_json({"plan": str(path), **{kind: [dataclasses.asdict(found) for found in list_] for kind, list_ in kinds.items()}})
    else:
        _say_problems(f"{path}: {len(problems)} problem{'s' * (len(problems) != 1)}", problems)
        if warnings:
            _say_problems(
                f"{len(warnings)} to confirm (the plan can be simulated with {'them' if len(warnings) > 1 else 'it'}):",
                warnings,
            )
    return 2 if problems else 0


def _say_problems(head: str, problems: Sequence[Problem]) -> None:
    say(head)
    for problem in problems:
        say(f"  {problem}")


def _import(options: argparse.Namespace) -> int:
    from sim.floorplan.importing import import_plan

    _no_more(options, 1)
    if not options.more:
        raise UsageError("galleria floorplan import: say where to write it: galleria floorplan import SOURCE DEST")
    source, folder = Path(options.path).expanduser(), _destination(options.more[0], options.overwrite)
    if not source.exists():
        raise UsageError(f"{source}: does not exist; name a folder or file with a plan")
    plan = import_plan(source, folder)
    if options.json:
        say_json({"plan": str(folder), "repairs": [dataclasses.asdict(repair) for repair in plan.repairs], **_counts(plan)})
        return 0
    for repair in plan.repairs:
        say(f"  {repair.level}  {repair.feature}: {repair.what}")
    say(f"{len(plan.repairs)} repairs, all of them above and in {folder / 'SOURCE.md'}")
    _say_written(plan, folder)
    return 0


def _generate(options: argparse.Namespace) -> int:
    from sim.floorplan.generate import generate_plan
    from sim.floorplan.generate_parameters import GenerateParameters
    from sim.floorplan.write_galleria import write_plan

    folder = _destination(options.path, options.overwrite)
    defaults = {item.name: item.default for item in dataclasses.fields(GenerateParameters)}
    values = _parameters(options.more, {**defaults, "name": folder.name})
    plan = generate_plan(GenerateParameters(**values))
    write_plan(plan, folder)
    if options.json:
        say_json({"plan": str(folder), "parameters": values, **_counts(plan)})
    else:
        _say_written(plan, folder)
    return 0


def _parameters(words: Sequence[str], defaults: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a generated mall; all mistakes are raised together."""
    found = dict(defaults)
    problems = []
    for word in words:
        key, equals, text = word.partition("=")
        place = f"command line: {word}"
        if not equals or key not in defaults:
            problems.append(paths.unknown_name(place, key, defaults, "parameter", "`galleria floorplan --help`"))
            continue
        value = text if isinstance(defaults[key], str) else _plain(text)
        if isinstance(defaults[key], float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        problem = value_problem(value, type(defaults[key]), place)
        problems += [problem] if problem else []
        found[key] = value
    if problems:
        raise ConfigError.of("galleria floorplan generate", problems)
    return found


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _draw(options: argparse.Namespace) -> int:
    if options.coverage:
        from sim.cli_wifi import draw_coverage

        return draw_coverage(options)
    from sim.config_files import compose
    from sim.floorplan.cache import load_compiled
    from sim.reporting.layout_drawing import draw_changes
    from sim.reporting.plan_drawing import draw_plan

    _no_more(options, 1)
    path = paths.find_floorplan(options.path)
    folder = Path(options.more[0]) if options.more else Path("outputs") / f"drawing_{path.stem}"
    folder.mkdir(parents=True, exist_ok=True)
    before = load_compiled(path)
    if options.layout:
        after = load_compiled(path, compose(options.layout, []).layout)
        files = [str(file) for file in draw_changes(before, after, folder)]
    else:
        files = [str(file) for file in draw_plan(before, folder)]
    if options.json:
        say_json({"plan": str(path), "files": files})
    else:
        for file in files:
            say(file)
    return 0


def _destination(name: str, overwrite: bool) -> Path:
    """Return the folder to write a plan into; a bare name stands for floorplans/NAME."""
    folder = Path(name).expanduser() if "/" in name or name in (".", "..") else Path("floorplans") / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())) and not overwrite:
        raise UsageError(f"{folder}: exists; name another folder, or add --overwrite")
    return folder


def _access_points(options: argparse.Namespace) -> int:
    from sim.cli_wifi import access_points

    return access_points(options, lambda name: _destination(name, options.overwrite))


def _no_more(options: argparse.Namespace, wanted: int) -> None:
    if len(options.more) > wanted:
        raise UsageError(
            f"galleria floorplan {options.action}: {options.more[wanted]!r} is one word too many. See `galleria floorplan --help`."
        )


def _counts(plan: Any) -> dict[str, int]:
    kinds = ("levels", "units", "tenants", "connectors", "entrances", "parking", "access_points")
    return {kind: len(getattr(plan, kind)) for kind in kinds}


def _say_written(plan: Any, folder: Path) -> None:
    counts = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in _counts(plan).items())
    say(f"{folder}: {counts}")
    note(f"Look at it: galleria floorplan draw {folder}    Run it: galleria run everyday floorplan={folder}")


ACTS: dict[str, Act] = {
    "check": _check,
    "import": _import,
    "generate": _generate,
    "draw": _draw,
    "access-points": _access_points,
}
COMMANDS = {"floorplan": add_floorplan}
