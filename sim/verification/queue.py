"""Stations against queueing theory: Erlang A, B and C, Pollaczek-Khinchine, priorities, sharing, Little's law, conservation."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from sim.crowd.single_station import StationCase, study_station
from sim.crowd.state import Discipline, Law
from sim.crowd.station_plans import UNLIMITED
from sim.errors import ConfigError, Problem
from sim.verification.parameters import SEED, Parameter, number, numbers, table, whole
from sim.verification.queue_estimates import batch_samples, exact_records, growth, mean_records, means_of
from sim.verification.queue_theory import QueueValues, deterministic_arrivals_wait, group_wait, station_values
from sim.verification.records import FAIL, PASS, Record, equal, record

MEANING = (
    "a station of the engine against Erlang A, B and C, Pollaczek-Khinchine, priorities, sharing, Little's law and conservation"
)
SERVICES = ("exponential", "deterministic", "erlang", "lognormal", "hyperexponential", "uniform")
SCV_BY_DEFAULT = {
    "exponential": 1.0,
    "deterministic": 0.0,
    "erlang": 0.5,
    "lognormal": 0.64,
    "hyperexponential": 4.0,
    "uniform": 1 / 12,
}
SHORT_NAMES = {"exponential": "M", "deterministic": "D", "lognormal": "LN", "hyperexponential": "H2", "uniform": "U"}
DISCIPLINES = {"fifo": "", "priority": " by priority", "preemptive": " preemptive", "sharing": "-PS", "lanes": " in lanes"}
ERLANG_STAGES_MAX = 10_000
BATCHES = 31  # the first is left out: the station starts empty

PARAMETERS: dict[str, Parameter] = {
    "arrival_rate": number(2.0, "customers per second", 1e-4, 1e4),
    "arrival_rates": numbers(
        [], "customers per second of each class, the first goes before the others; in place of arrival_rate", 0.0, 1e4
    ),
    "arrivals": Parameter(
        "exponential",
        "law of the time between arrivals",
        choices=("exponential", "deterministic", "erlang", "hyperexponential"),
    ),
    "group": whole(1, "customers who come at one instant", 1, 1000),
    "service_rate": number(1.0, "services per second and server: 1 / mean time", 1e-4, 1e4),
    "servers": whole(3, "servers", 0, 10_000),
    "service": Parameter("exponential", "law of the service time", choices=SERVICES),
    "service_scv": number(None, "squared coefficient of variation of the service time", 0.0, 100.0, may_be_null=True),
    "patience": number(None, "mean patience in line in seconds, null for endless", 1e-3, 1e7, may_be_null=True),
    "patience_law": Parameter("exponential", "law of the patience", choices=("exponential", "weibull", "deterministic")),
    "patience_shape": number(2.0, "shape of a Weibull patience", 0.2, 20.0),
    "buffer": whole(None, "places in line, beyond which customers are refused; null for endless", 0, 10**6, may_be_null=True),
    "balking": whole(
        None, "length of line at which customers turn away by themselves; null for never", 0, 10**6, may_be_null=True
    ),
    "balk_share": number(0.0, "of those who foresee a wait beyond their patience, who turn away", 0.0, 1.0),
    "discipline": Parameter("fifo", "who is served next", choices=tuple(DISCIPLINES)),
    "schedule": table([], "servers over time: rows of [seconds, servers from then on]", 0.0, 1e9),
    "longer_than": number(None, "wait in seconds whose share of longer ones is wanted", 0.0, 1e7, may_be_null=True),
    "customers": whole(600_000, "customers who come", 62, 200_000_000),
    "seed": SEED,
    "replications": whole(None, "independent runs; null takes batch means of one run", 2, 1000, may_be_null=True),
}
# Lengths by the asymptotic variance of the chain: a standard error of about 1 % of the wait where arrivals are few, at most 2 % else.
STANDARD: tuple[dict[str, Any], ...] = (
    {"arrival_rate": 0.5, "servers": 1, "customers": 300_000},
    {"arrival_rate": 0.8, "servers": 1, "customers": 1_500_000},
    {"arrival_rate": 1.6, "servers": 2, "customers": 1_500_000},
    {"arrival_rate": 2.0, "servers": 3, "customers": 1_200_000, "longer_than": 1.0},
    {"arrival_rate": 8.0, "servers": 10, "customers": 4_000_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "deterministic", "customers": 1_000_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "uniform", "customers": 1_000_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "erlang", "service_scv": 0.25, "customers": 1_000_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "erlang", "customers": 1_200_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "lognormal", "customers": 1_800_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "hyperexponential", "customers": 5_000_000},
    {"arrival_rate": 0.8, "servers": 1, "arrivals": "deterministic", "customers": 800_000},
    {"arrival_rate": 1.0, "servers": 1, "patience": 2.0, "customers": 200_000},
    {"arrival_rate": 0.8, "servers": 1, "patience": 5.0, "customers": 300_000},
    {"arrival_rate": 2.0, "servers": 1, "patience": 1.0, "customers": 200_000},
    {"arrival_rate": 12.0, "servers": 10, "patience": 2.0, "customers": 500_000},
    {"arrival_rate": 50.0, "servers": 50, "patience": 2.0, "customers": 1_000_000},
    {"arrival_rate": 0.9, "servers": 1, "buffer": 4, "customers": 200_000},
    {"arrival_rate": 2.0, "servers": 2, "buffer": 2, "customers": 200_000},
    {"arrival_rate": 4.0, "servers": 3, "balking": 5, "customers": 200_000},
    {"arrival_rate": 1.2, "servers": 1, "buffer": 9, "customers": 600_000},
    {"arrival_rate": 3.0, "servers": 5, "buffer": 0, "service": "deterministic", "customers": 300_000},
    {"arrival_rate": 20.0, "servers": 20, "buffer": 0, "service": "lognormal", "customers": 600_000},
    {"arrival_rates": [0.2, 0.6], "servers": 1, "discipline": "priority", "customers": 1_500_000},
    {"arrival_rates": [0.3, 0.5], "servers": 1, "discipline": "priority", "customers": 1_500_000},
    {"arrival_rates": [0.2, 0.3, 0.3], "servers": 1, "discipline": "priority", "customers": 2_000_000},
    {"arrival_rates": [0.3, 0.5], "servers": 1, "discipline": "priority", "service": "deterministic", "customers": 1_000_000},
    {"arrival_rates": [0.2, 0.6], "servers": 1, "discipline": "preemptive", "customers": 1_500_000},
    {"arrival_rates": [0.3, 0.5], "servers": 1, "discipline": "preemptive", "customers": 1_500_000},
    {"arrival_rate": 0.8, "servers": 1, "discipline": "sharing", "service": "hyperexponential", "customers": 1_500_000},
    {"arrival_rate": 10.0, "service_rate": 12.0, "servers": 3, "discipline": "sharing", "customers": 200_000},
    {"arrival_rate": 1.2, "servers": 1, "customers": 10_000},
)  # fmt: skip


def run(values: dict[str, Any]) -> list[Record]:
    """Return the records of one station."""
    scv = _scv_of(values["service"], values["service_scv"])
    _refuse_odd(values)
    rates = values["arrival_rates"] or [values["arrival_rate"]]
    case = _case_of(values, scv, rates)
    count = values["replications"] or 1
    studies = [study_station(dataclasses.replace(case, replication=index)) for index in range(count)]
    name = _name_of(values, scv, rates)
    exact = exact_records(name, studies, ordered=values["discipline"] in ("fifo", "priority"))
    capacity = values["servers"] * values["service_rate"]
    limited = values["patience"] is not None or values["buffer"] is not None or values["balking"] is not None
    if values["schedule"] or (sum(rates) >= capacity and not limited and len(rates) > 1):
        return exact  # no steady state, or none that is the same for all: what holds without one
    if sum(rates) >= capacity and not limited:
        return [growth(name, sum(rates), capacity, scv, studies[0]), *exact]
    samples = batch_samples(studies[0]) if count == 1 else means_of(studies)
    return [*mean_records(name, _theory_of(values, scv, rates), samples, values, rates, scv), *exact]


def run_idle() -> list[Record]:
    """Return what an idle station reports: no arrivals, a server too few or services of no length leave nothing undefined."""
    empty = study_station(StationCase(0, Law.DETERMINISTIC, 0.0, 0.0, customers=0, batches=1), np.zeros(0, np.int64))
    unserved = study_station(StationCase(0, Law.DETERMINISTIC, 1.0, 0.0, batches=1), np.arange(10, dtype=np.int64))
    waits = [batch_samples(study)["wait_served_mean"] for study in (empty, unserved)]
    undefined = sum(int(np.isfinite(wait).sum()) for wait in waits)
    return [
        equal("no server, no service time, nobody comes: present", "customers", 0, empty.present),
        equal("no server, ten come: present", "customers", 10, unserved.present),
        record(
            "no server: mean wait of the served",
            "s",
            None,
            None,
            PASS if undefined == 0 else FAIL,
            "null, since nobody is served",
        ),
    ]


def _case_of(values: dict[str, Any], scv: float, rates: list[float]) -> StationCase:
    law = Law.DETERMINISTIC if scv == 0.0 else Law[values["service"].upper()]
    shape = {"exponential": 1.0, "weibull": values["patience_shape"], "deterministic": math.inf}[values["patience_law"]]
    interval = values["arrivals"]
    return StationCase(
        servers=values["servers"], law=law, service_s_mean=1 / values["service_rate"], service_cv=math.sqrt(scv),
        arrivals_per_s=sum(rates), customers=values["customers"],
        patience_s_scale=(values["patience"] or 0.0) / math.gamma(1 + 1 / shape), patience_shape=shape,
        places_in_line=UNLIMITED if values["buffer"] is None else values["buffer"],
        balk_queue=UNLIMITED if values["balking"] is None else values["balking"], balk_share=values["balk_share"],
        batches=BATCHES, seed=values["seed"], discipline=Discipline[values["discipline"].upper()], class_shares=tuple(rates),
        interval_law=Law[interval.upper()], interval_cv=math.sqrt(SCV_BY_DEFAULT[interval]), group=values["group"],
        schedule=tuple((row[0], int(row[1])) for row in values["schedule"]), long_s=values["longer_than"] or math.inf,
    )  # fmt: skip


def _theory_of(values: dict[str, Any], scv: float, rates: list[float]) -> QueueValues:
    """Return what theory knows of all customers together."""
    rate, service_rate, servers = sum(rates), values["service_rate"], values["servers"]
    exponential = _is_exponential(values, scv)
    plain = values["patience"] is None and values["buffer"] is None and values["balking"] is None
    if values["arrivals"] != "exponential" or values["group"] > 1:
        if servers != 1 or not exponential or not plain or (values["arrivals"] not in ("exponential", "deterministic")):
            return QueueValues()
        is_regular = values["arrivals"] == "deterministic"
        if is_regular and values["group"] > 1:
            return QueueValues()
        wait = (
            deterministic_arrivals_wait(rate, service_rate) if is_regular else group_wait(rate, service_rate, values["group"])
        )
        return QueueValues(wait_mean=wait, queue_mean=rate * wait)
    if (values["discipline"] in ("sharing", "lanes") or values["balk_share"] > 0) or (len(rates) > 1 and not plain):
        return QueueValues()
    if values["discipline"] == "preemptive" and not exponential:
        return QueueValues()  # the mean over classes is then no longer that of one line in order of arrival
    if values["patience"] is not None and values["patience_law"] != "exponential":
        return QueueValues()
    places = [limit for limit in (values["buffer"], values["balking"]) if limit is not None]
    return station_values(rate, service_rate, servers, exponential, scv, values["patience"], min(places, default=None))


def _is_exponential(values: dict[str, Any], scv: float) -> bool:
    return bool(values["service"] == "exponential" or (values["service"] in ("erlang", "hyperexponential") and scv == 1.0))


def _refuse_odd(values: dict[str, Any]) -> None:
    """Raise ConfigError for numbers that are each in range, but cannot go together."""
    problems = []
    rates = values["arrival_rates"]
    if rates and sum(rates) <= 0:
        problems.append(Problem("arrival_rates", repr(rates), "must not all be 0", "let somebody come"))
    if values["discipline"] == "sharing" and values["patience"] is not None:
        problems.append(
            Problem("patience", repr(values["patience"]), "nobody waits in line where service is shared", "leave it out")
        )
    if values["balk_share"] > 0 and values["patience"] is None:
        problems.append(
            Problem(
                "balk_share", repr(values["balk_share"]), "whoever never gives up foresees no wait beyond it", "give patience"
            )
        )
    times = [row[0] for row in values["schedule"] if len(row) == 2]
    if len(times) != len(values["schedule"]) or times != sorted(set(times)):
        rule = "must be rows of [seconds, servers], in order of time"
        problems.append(Problem("schedule", repr(values["schedule"]), rule, "write it as schedule=[[0,3],[3600,1]]"))
    if problems:
        raise ConfigError.of("galleria verify queue", problems)


def _scv_of(service: str, scv: float | None) -> float:
    """Return the squared coefficient of variation that the law will have; raises ConfigError for one that it cannot have."""
    value = SCV_BY_DEFAULT[service] if scv is None else scv
    stages = round(1 / value) if value > 0 else 0
    if service == "deterministic" and value != 0.0:
        rule, way_out = "is 0 for deterministic service", "leave it out"
    elif service == "exponential" and value != 1.0:
        rule, way_out = "is 1 for exponential service", "leave it out, or use service=lognormal"
    elif service == "erlang" and not (1 <= stages <= ERLANG_STAGES_MAX and abs(value - 1 / stages) < 1e-3 / stages):
        rule = f"is 1 / k for Erlang's law with k = 1 ... {ERLANG_STAGES_MAX} stages"
        way_out = "choose 1, 0.5, 0.33333, 0.25, 0.2, ..."
    elif service == "hyperexponential" and value < 1.0:
        rule, way_out = "is at least 1 for a hyperexponential law", "use service=erlang or service=lognormal"
    elif service == "uniform" and value > 1 / 3:
        rule, way_out = "is at most 1/3 for a uniform law of positive times", "use service=lognormal"
    else:
        return 1 / stages if service == "erlang" else value
    raise ConfigError.of("galleria verify queue", [Problem("service_scv", repr(value), rule, way_out)])


def _name_of(values: dict[str, Any], scv: float, rates: list[float]) -> str:
    law = f"E{round(1 / scv)}" if values["service"] == "erlang" else SHORT_NAMES[values["service"]]
    comes = {"exponential": "M", "deterministic": "D", "erlang": "E2", "hyperexponential": "H2"}[values["arrivals"]]
    comes += f"^[{values['group']}]" if values["group"] > 1 else ""
    limits = [limit for limit in (values["buffer"], values["balking"]) if limit is not None]
    room = f"/{values['servers'] + min(limits)}" if limits else ""
    patient = (
        {"exponential": "+M", "weibull": "+W", "deterministic": "+D"}[values["patience_law"]] if values["patience"] else ""
    )
    given = ", ".join(f"{rate:g}" for rate in rates)
    given = f"({given})" if len(rates) > 1 else given
    return f"{comes}/{law}/{values['servers']}{room}{patient}{DISCIPLINES[values['discipline']]} ({given}, {values['service_rate']:g})"
