"""`galleria verify`: reference, measured value, interval and verdict of each family of cases."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from sim import paths
from sim.cli_output import UsageError, note, say_json, say_table, shown
from sim.cli_run import announce_compiling

Act = Callable[[argparse.Namespace], int]
PASSED = ("ok", "pass", "passed", "info")

_EXAMPLE = """\
examples:
  galleria verify
  galleria verify queue arrival_rate=2 service_rate=1 servers=3 service=exponential patience=null customers=600000 seed=7
  galleria verify corridor length_m=40 width_m=2 speed_mps=1.33 people=1 rotate_deg=17
  galleria verify door width_m=0.9 people=100 'room_m=[8,5]' --json
  galleria verify paths floorplan=riverside_mall
  galleria verify positioning scans=FILE readings=FILE waypoints=FILE estimator=knn"""


def add_verify(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `verify`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("family", nargs="?", metavar="FAMILY", help="a family of cases (default: all)")
    parser.add_argument("numbers", metavar="key=value", nargs="*", help="numbers of your own for this family")
    parser.add_argument("--list", action="store_true", help="list the families")
    parser.add_argument("--json", action="store_true", help="print a list of records")
    return _verify


COMMANDS = {"verify": add_verify}


def _verify(options: argparse.Namespace) -> int:
    from sim import api
    from sim.verification import families

    if options.list:
        if options.json:
            say_json([{"name": name, "meaning": meaning} for name, meaning in families.FAMILIES.items()])
        else:
            say_table(families.FAMILIES.items(), ("family", "what it holds against what"))
        return 0
    name = options.family
    if name is not None and name not in families.FAMILIES:
        problem = paths.unknown_name("FAMILY", name, families.FAMILIES, "family of cases", "`galleria verify --list`")
        raise UsageError(f"galleria verify: {problem}")
    announce_compiling()
    if name is None:
        records = families.run_all(api.population_of)
    else:
        records = families.run_family(name, _parameters(options.numbers), api.population_of)
    if options.json:
        say_json(records)
    else:
        say_table([_row(record) for record in records], ("family", "case", "unit", "reference", "measured", "+-", "verdict"))
    failed = [record for record in records if str(record["verdict"]).lower() not in PASSED]
    if failed:
        note(f"{len(failed)} of {len(records)} cases failed")
    return 1 if failed else 0


def _row(record: dict[str, Any]) -> tuple[object, ...]:
    numbers = [shown(record.get(key)) for key in ("reference", "measured", "half_width")]
    return (record["family"], record["case"], record.get("unit", ""), *numbers, record["verdict"])


def _parameters(words: list[str]) -> dict[str, Any]:
    """Return the values of key=value words: JSON where it is JSON (3, 2.5, null, true, [8,5]), else text."""
    found: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UsageError(f"galleria verify: {word!r} must be key=value, for instance people=100")
        try:
            found[key] = json.loads(value, parse_constant=_refuse_constant)
        except ValueError:
            found[key] = value
    return found


def _refuse_constant(name: str) -> None:
    raise UsageError(f"galleria verify: {name} is no number to compute with")
