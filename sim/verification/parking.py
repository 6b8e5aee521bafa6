"""Car parks against Erlang B and conservation, and strategies of looking for a bay against each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.crowd.single_car_park import CarParkCase, CarParkStudy, CarSum, study_car_park
from sim.crowd.state import Law
from sim.errors import ConfigError, Problem
from sim.events import EventKind
from sim.schema.parking import MANOEUVRE_S, ParkingConfig
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.queue_theory import erlang_b
from sim.verification.records import Record, between, equal, estimated, record
from sim.visitors import ParkingStrategy

MEANING = "a car park that cars leave at once when it is full, against Erlang B, and the time that looking for a bay takes"
STRATEGIES = tuple(strategy.name.lower() for strategy in ParkingStrategy)
STAYS = ("exponential", "deterministic", "lognormal")
LONG_SHARE = 0.05  # Erlang B needs stays that searching hardly lengthens
BLOCKED_SHARE_MIN = 1e-3  # rarer than this, a run of this length says nothing of it
STREET_LOT = {"bays": 200, "arrivals_per_h": 100.0, "stay_s": 3600.0, "manoeuvre": "nose_in", "walk_m": 46.0, "cars": 60_000}
GARAGE = {"bays": 300, "arrivals_per_h": 135.0, "stay_s": 7200.0, "walk_m": 60.0, "cars": 60_000}

PARAMETERS: dict[str, Parameter] = {
    "bays": whole(200, "bays, on one floor", 1, 20_000),
    "arrivals_per_h": number(100.0, "cars that come in an hour, Poisson", 1e-3, 1e5),
    "stay_s": number(3600.0, "mean time from the gate to leaving the bay", 1.0, 1e7),
    "stay": Parameter("exponential", "law of that time", choices=STAYS),
    "stay_scv": number(None, "its squared coefficient of variation, where the law leaves a choice", 0.0, 100.0, may_be_null=True),
    "strategy": Parameter("first", "how every driver looks for a bay", choices=STRATEGIES),
    "information": Parameter("signs", "what guided drivers are told", choices=("signs", "app")),
    "refresh_s": number(30.0, "time between two readings of the bay sensors", 1.0, 86_400.0),
    "wrong_share": number(0.0, "share of bay sensors that show the opposite", 0.0, 1.0),
    "balk_after_s": number(600.0, "search after which a driver gives up", 10.0, 36_000.0),
    "walk_m": number(46.0, "mean walk from a bay to the door", 0.0, 2000.0),
    "aisle_bays": whole(40, "bays along an aisle", 2, 200),
    "drive_mps": number(2.8, "speed of a car in the aisles", 0.5, 15.0),
    "manoeuvre": Parameter("nose_in", "how cars stand", choices=tuple(MANOEUVRE_S)),
    "cars": whole(60_000, "cars that come", 62, 20_000_000),
    "seed": SEED,
}  # fmt: skip
STANDARD: tuple[dict[str, Any], ...] = (
    {"bays": 20, "arrivals_per_h": 20.0, "cars": 300_000},
    {"bays": 20, "arrivals_per_h": 20.0, "stay": "lognormal", "stay_scv": 2.0, "cars": 300_000},
    {**STREET_LOT, "strategy": "hunt"},
    {**GARAGE, "strategy": "guided", "refresh_s": 900.0},
)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the records of one car park."""
    study = study_car_park(_case_of(values))
    name = _name_of(values)
    samples = _samples(study)
    search_s = float(np.nanmean(samples["search_s"]))
    offered = values["arrivals_per_h"] * values["stay_s"] / 3600
    blocked = erlang_b(offered, values["bays"]) if search_s <= LONG_SHARE * values["stay_s"] else None
    found = [
        estimated(f"{name}: mean search", "s", None, samples["search_s"], quantity="search_s_mean"),
        estimated(f"{name}: mean walk", "s", None, samples["walk_s"], quantity="walk_s_mean"),
        estimated(f"{name}: search and walk", "s", None, samples["search_s"] + samples["walk_s"], quantity="park_and_walk_s_mean"),
        estimated(f"{name}: share that gives up", "share", None, samples["gave_up_share"], quantity="gave_up_share"),
    ]  # fmt: skip
    if blocked is not None and blocked >= BLOCKED_SHARE_MIN:
        found += [
            estimated(f"{name}: share turned away (Erlang B)", "share", blocked, samples["blocked_share"], quantity="blocked_share"),
            estimated(f"{name}: mean cars inside", "cars", offered * (1 - blocked), samples["inside_mean"], quantity="inside_mean"),
        ]  # fmt: skip
    return found + _exact_records(name, study, values["bays"])


def _case_of(values: dict[str, Any], replication: int = 0) -> CarParkCase:
    law = Law[values["stay"].upper()]
    default = {"exponential": 1.0, "deterministic": 0.0, "lognormal": 0.64}[values["stay"]]
    scv = default if values["stay_scv"] is None else values["stay_scv"]
    if values["stay"] != "lognormal" and scv != default:
        rule, way_out = f"is {default:g} for a stay of this law", "leave it out, or use stay=lognormal"
        raise ConfigError.of("galleria verify parking", [Problem("stay_scv", repr(scv), rule, way_out)])
    strategy = ParkingStrategy[values["strategy"].upper()]
    parking = ParkingConfig(
        aisle_bays=values["aisle_bays"], drive_mps=values["drive_mps"], manoeuvre=values["manoeuvre"],
        balk_after_s=values["balk_after_s"], refresh_s=values["refresh_s"],
        information=values["information"] if strategy == ParkingStrategy.GUIDED else "none",
    )  # fmt: skip
    return CarParkCase(
        bays=values["bays"], arrivals_per_h=values["arrivals_per_h"], stay_s_mean=values["stay_s"], strategy=strategy,
        cars=values["cars"], stay_law=law, stay_cv=scv**0.5, walk_m=values["walk_m"], wrong_share=values["wrong_share"],
        parking=parking, seed=values["seed"], replication=replication,
    )  # fmt: skip


def _name_of(values: dict[str, Any]) -> str:
    told = f" by {values['information']} every {values['refresh_s']:g} s" if values["strategy"] == "guided" else ""
    return f"{values['bays']} bays, {values['arrivals_per_h']:g} cars/h, {values['stay_s']:g} s, {values['strategy']}{told}"


def _samples(study: CarParkStudy) -> dict[str, np.ndarray]:
    """Return batch means by the cars' numbers; the first batch fills the car park, the last one has no end of its own."""
    used = study.sums[study.sums[:, CarSum.ARRIVED] > 0]
    parked, arrived = used[:, CarSum.PARKED], used[:, CarSum.ARRIVED]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "search_s": 1e-6 * used[:, CarSum.SEARCH_US] / parked,
            "walk_s": 1e-6 * used[:, CarSum.WALK_US] / parked,
            "gave_up_share": used[:, CarSum.GAVE_UP] / (arrived - used[:, CarSum.TURNED_AWAY]),
            "blocked_share": used[:, CarSum.TURNED_AWAY] / arrived,
            "inside_mean": np.append(np.diff(used[:, CarSum.CAR_AREA_US]) / np.diff(used[:, CarSum.FIRST_US]), np.nan),
        }
    return {name: values[1:-1] for name, values in found.items()}


def _exact_records(name: str, study: CarParkStudy, bays: int) -> list[Record]:
    """Return what holds at every event, whatever the draws."""
    total = study.sums.sum(axis=0)
    return [
        between(f"{name}: most cars inside", "cars", None, study.inside_max, 0, bays, quantity="inside_max"),
        equal(f"{name}: fewest cars inside", "cars", 0, study.inside_min),
        between(f"{name}: most bays taken", "bays", None, study.standing_max, 0, bays),
        equal(f"{name}: bays taken while a car stood there", "bays", 0, study.shared_bays),
        equal(f"{name}: cars inside = came in - went out", "cars", study.entries - study.exits, study.inside),
        equal(f"{name}: came = came in + turned away", "cars", int(total[CarSum.ARRIVED]), study.entries + int(total[CarSum.TURNED_AWAY])),
        equal(f"{name}: came in = parked + gave up", "cars", study.entries, int(total[CarSum.PARKED] + total[CarSum.GAVE_UP])),
        equal(f"{name}: bays free at the end", "bays", bays, study.free_bays),
    ]  # fmt: skip


def run_strategies() -> list[Record]:
    """Return how strategies compare, in a lot by the street and in a garage; and two cars for one bay at one instant."""
    means = {
        strategy: float(np.nanmean(_park_and_walk_s({**STREET_LOT, "strategy": strategy}))) for strategy in ("first", "hunt")
    }
    searches = {
        strategy: float(np.nanmean(_samples(study_car_park(_case_of(_filled({**GARAGE, "strategy": strategy}))))["search_s"]))
        for strategy in ("first", "guided")
    }
    what = "search and walk, 200 bays half full"
    return [
        between(f"{what}: first space", "s", 61.0, means["first"], 52.0, 70.0, quantity="park_and_walk_s_mean"),
        between(f"{what}: hunting", "s", 71.0, means["hunt"], 61.0, 81.0, quantity="park_and_walk_s_mean"),
        between(f"{what}: hunting / first space (Cassady & Kobza 1998)", "ratio", 71 / 61, means["hunt"] / means["first"], 1.05, 1.35),
        between("search in a garage nine tenths full: signs / none", "ratio", 0.5, searches["guided"] / searches["first"], 0.3, 0.8),
        *_two_for_one(),
    ]  # fmt: skip


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    return {**{key: parameter.default for key, parameter in PARAMETERS.items()}, **given}


def _park_and_walk_s(given: dict[str, Any]) -> np.ndarray:
    samples = _samples(study_car_park(_case_of(_filled(given))))
    return samples["search_s"] + samples["walk_s"]


def _two_for_one() -> list[Record]:
    """Two cars at the gates of a car park of one bay at one instant: the one with the lower number is let in."""
    found = []
    for seed in (1, 2):
        values = _filled({"bays": 1, "stay_s": 600.0, "seed": seed, "stay": "deterministic"})
        study = study_car_park(_case_of(values), np.array([1_000_000, 1_000_000]), keep_events=8)
        parked = study.events[study.events["kind"] == EventKind.PARKED]
        found += [
            equal(f"two cars at one instant, one bay (seed {seed}): let in", "cars", 1, study.entries),
            record(
                f"two cars at one instant, one bay (seed {seed}): who parks", "number", 0, int(parked["visit"][0]),
                "pass" if parked.size == 1 and parked["visit"][0] == 0 else "fail", "exactly the reference",
            ),
        ]  # fmt: skip
    return found
