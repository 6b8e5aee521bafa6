"""The families of verified cases by name: what each is about, which numbers it takes, and how it is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import ConfigError
from sim.paths import unknown_name
from sim.verification import corridor, door, queue
from sim.verification.parameters import Parameter, filled
from sim.verification.records import Record


@dataclass(frozen=True)
class Family:
    """Cases of one kind. `standard` are the numbers of the cases that run when none are given; `fixed` takes none at all."""

    meaning: str
    parameters: Mapping[str, Parameter]
    run: Callable[[dict[str, Any]], list[Record]]
    standard: tuple[dict[str, Any], ...] = ({},)
    fixed: Callable[[], list[Record]] | None = None


CATALOGUE: dict[str, Family] = {
    "corridor": Family(corridor.MEANING, corridor.PARAMETERS, corridor.run, corridor.STANDARD),
    "door": Family(door.MEANING, door.PARAMETERS, door.run, door.STANDARD, door.run_widths),
    "queue": Family(queue.MEANING, queue.PARAMETERS, queue.run, queue.STANDARD),
}
FAMILIES: dict[str, str] = {name: family.meaning for name, family in CATALOGUE.items()}


def run_family(name: str, parameters: Mapping[str, Any]) -> list[Record]:
    """Return the records of a family: its standard cases, or one case with numbers of one's own over its defaults.

    Raises ConfigError for a family or a number that does not exist, or for a value out of range.
    """
    if name not in CATALOGUE:
        raise ConfigError.of(
            "galleria verify", [unknown_name("FAMILY", name, CATALOGUE, "family of cases", "`galleria verify --list`")]
        )
    family = CATALOGUE[name]
    if parameters:
        return _one_case(name, family, parameters)
    found = [record for given in family.standard for record in _one_case(name, family, given)]
    if family.fixed is not None:
        found += [{"family": name, **record, "parameters": {}} for record in family.fixed()]
    return found


def run_all() -> list[Record]:
    """Return the records of every family's standard cases."""
    return [record for name in CATALOGUE for record in run_family(name, {})]


def _one_case(name: str, family: Family, given: Mapping[str, Any]) -> list[Record]:
    values = filled(name, family.parameters, given)
    return [{"family": name, **record, "parameters": values} for record in family.run(values)]
