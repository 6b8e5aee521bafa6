"""The families of verified cases by name: what each is about, which numbers it takes, and how it is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import ConfigError
from sim.paths import unknown_name
from sim.verification import (
    alliance,
    bottleneck,
    breakage,
    checkout,
    cinema,
    clearing,
    closing,
    comparison,
    corner,
    corridor,
    designs,
    door,
    draws,
    error_model,
    escalator,
    exchange,
    exit_choice,
    forecasters,
    fundamental,
    home_coupons,
    ifrs15,
    ledger,
    lift,
    logit,
    loyalty,
    memory,
    national,
    network,
    nonstationary,
    offers,
    parking,
    parties,
    people,
    positioning,
    premovement,
    profiles,
    queue,
    radio,
    response,
    room,
    route,
    stairs,
    tables,
    tariff,
    tastes,
    traces,
    walked_paths,
)  # fmt: skip
from sim.verification.parameters import Parameter, filled
from sim.verification.people import PopulationOf
from sim.verification.records import Record


@dataclass(frozen=True)
class Family:
    """Cases of one kind. `standard` are the numbers of the cases that run when none are given; `fixed` takes none at all."""

    meaning: str
    parameters: Mapping[str, Parameter]
    run: Callable[[dict[str, Any]], list[Record]]
    standard: tuple[dict[str, Any], ...] = ({},)
    fixed: Callable[[], list[Record]] | None = None
    of_population: Callable[[dict[str, Any], PopulationOf], list[Record]] | None = (
        None  # in place of `run`, where people are needed
    )


def _family(module: Any, fixed: Callable[[], list[Record]] | None = None) -> Family:
    return Family(module.MEANING, module.PARAMETERS, module.run, module.STANDARD, fixed)


CATALOGUE: dict[str, Family] = {
    "corridor": _family(corridor),
    "fundamental_diagram": _family(fundamental, fundamental.run_curve),
    "door": _family(door, door.run_widths),
    "room": _family(room),
    "corner": _family(corner),
    "route": _family(route),
    "exit_choice": _family(exit_choice),
    "bottleneck": _family(bottleneck, bottleneck.run_two),
    "stairs": _family(stairs),
    "escalator": _family(escalator),
    "lift": _family(lift),
    "closing": _family(closing),
    "premovement": _family(premovement),
    "speeds": Family(
        people.SPEEDS_MEANING,
        people.SPEEDS_PARAMETERS,
        people.no_population,
        people.SPEEDS_STANDARD,
        of_population=people.run_speeds,
    ),
    "arrivals": Family(
        people.ARRIVALS_MEANING,
        people.ARRIVALS_PARAMETERS,
        people.no_population,
        people.ARRIVALS_STANDARD,
        of_population=people.run_arrivals,
    ),
    "memory": Family(
        memory.MEANING,
        memory.PARAMETERS,
        people.no_population,
        memory.STANDARD,
        of_population=memory.run_memory,
    ),
    "loyalty": Family(
        loyalty.MEANING,
        loyalty.PARAMETERS,
        people.no_population,
        loyalty.STANDARD,
        of_population=loyalty.run_loyalty,
    ),
    "home_coupons": Family(
        home_coupons.MEANING,
        home_coupons.PARAMETERS,
        people.no_population,
        home_coupons.STANDARD,
        of_population=home_coupons.run_home_coupons,
    ),
    "forecasters": _family(forecasters),
    "logit": _family(logit),
    "alliance": _family(alliance),
    "queue": _family(queue, queue.run_idle),
    "network": _family(network),
    "nonstationary": _family(nonstationary),
    "tables": _family(tables),
    "cinema": _family(cinema, cinema.run_timetable),
    "checkout": _family(checkout, checkout.run_money),
    "traces": _family(traces),
    "tariff": _family(tariff, tariff.run_points),
    "ifrs15": _family(ifrs15, ifrs15.run_examples),
    "breakage": _family(breakage),
    "draws": _family(draws),
    "designs": _family(designs),
    "comparison": _family(comparison),
    "exchange": _family(exchange, exchange.run_by_hand),
    "national": _family(national),
    "paths": _family(walked_paths),
    "error_model": _family(error_model, error_model.run_scores),
    "positioning": _family(positioning),
    "radio": _family(radio),
    "profiles": _family(profiles),
    "tastes": _family(tastes),
    "parking": _family(parking, parking.run_strategies),
    "parties": _family(parties),
    "clearing": _family(clearing, clearing.run_by_hand),
    "ledger": _family(ledger, ledger.run_traced),
    "offers": _family(offers, offers.run_by_hand),
    "response": Family(
        response.MEANING,
        response.PARAMETERS,
        people.no_population,
        response.STANDARD,
        of_population=response.run_response,
    ),
}
FAMILIES: dict[str, str] = {name: family.meaning for name, family in CATALOGUE.items()}


def run_family(name: str, parameters: Mapping[str, Any], population_of: PopulationOf | None = None) -> list[Record]:
    """Return the records of a family: its standard cases, or one case with numbers of one's own over its defaults.

    `population_of` makes the people that `speeds` and `arrivals` look at (`sim.api.population_of`; this package may not know it).
    Raises ConfigError for a family or a number that does not exist, or for a value out of range.
    """
    if name not in CATALOGUE:
        raise ConfigError.of(
            "galleria verify", [unknown_name("FAMILY", name, CATALOGUE, "family of cases", "`galleria verify --list`")]
        )
    family = CATALOGUE[name]
    if parameters:
        return _one_case(name, family, parameters, population_of)
    found = [record for given in family.standard for record in _one_case(name, family, given, population_of)]
    if family.fixed is not None:
        found += [{"family": name, **record, "parameters": {}} for record in family.fixed()]
    return found


def run_all(population_of: PopulationOf | None = None) -> list[Record]:
    """Return the records of every family's standard cases; without a population, of those that need none."""
    names = [name for name, family in CATALOGUE.items() if population_of is not None or family.of_population is None]
    return [record for name in names for record in run_family(name, {}, population_of)]


def _one_case(name: str, family: Family, given: Mapping[str, Any], population_of: PopulationOf | None) -> list[Record]:
    values = filled(name, family.parameters, given)
    if family.of_population is not None and population_of is not None:
        records = family.of_population(values, population_of)
    else:
        records = family.run(values)
    return [{"family": name, **record, "parameters": values} for record in records]
