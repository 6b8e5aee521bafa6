"""Stations against queueing theory: Erlang A, B and C, Pollaczek-Khinchine, Little's law, conservation, order of service."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.crowd.single_station import UNLIMITED, StationCase, StationStudy, Sum, study_station
from sim.crowd.state import Law
from sim.errors import ConfigError, Problem
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.queue_theory import QueueValues, station_values
from sim.verification.records import STANDARD_ERRORS, Record, equal, estimated, record, verdict_of

MEANING = "a station of the engine against Erlang A, B and C, Pollaczek-Khinchine, Little's law and conservation"
SERVICES = ("exponential", "deterministic", "erlang", "lognormal", "hyperexponential")
SCV_BY_DEFAULT = {"exponential": 1.0, "deterministic": 0.0, "erlang": 0.5, "lognormal": 0.64, "hyperexponential": 4.0}
ERLANG_STAGES_MAX = 64  # draws of one service have 64 addresses
BATCHES = 31  # the first is left out: the station starts empty
WARM_UP_BATCHES = 1

PARAMETERS: dict[str, Parameter] = {
    "arrival_rate": number(2.0, "customers per second, Poisson", 1e-4, 1e4),
    "service_rate": number(1.0, "services per second and server: 1 / mean time", 1e-4, 1e4),
    "servers": whole(3, "servers", 1, 10_000),
    "service": Parameter("exponential", "law of the service time", choices=SERVICES),
    "service_scv": number(None, "squared coefficient of variation of the service time", 0.0, 100.0, may_be_null=True),
    "patience": number(
        None, "mean of an exponential patience in line in seconds, null for endless", 1e-3, 1e7, may_be_null=True
    ),
    "buffer": whole(None, "places in line, null for endless", 0, 10**6, may_be_null=True),
    "customers": whole(600_000, "customers who come", 62, 200_000_000),
    "seed": SEED,
    "replications": whole(None, "independent runs; null takes batch means of one run", 2, 1000, may_be_null=True),
}
# Lengths by the asymptotic variance of the chain: a standard error of about 1 % of the wait.
STANDARD: tuple[dict[str, Any], ...] = (
    {"arrival_rate": 0.5, "servers": 1, "customers": 300_000},
    {"arrival_rate": 0.8, "servers": 1, "customers": 2_500_000},
    {"arrival_rate": 1.6, "servers": 2, "customers": 2_500_000},
    {"arrival_rate": 2.0, "servers": 3, "customers": 2_500_000},
    {"arrival_rate": 8.0, "servers": 10, "customers": 6_000_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "deterministic", "customers": 1_500_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "erlang", "customers": 2_000_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "lognormal", "customers": 2_500_000},
    {"arrival_rate": 0.8, "servers": 1, "service": "hyperexponential", "customers": 8_000_000},
    {"arrival_rate": 12.0, "servers": 10, "patience": 2.0, "customers": 1_000_000},
    {"arrival_rate": 50.0, "servers": 50, "patience": 2.0, "customers": 2_000_000},
    {"arrival_rate": 1.2, "servers": 1, "buffer": 9, "customers": 1_500_000},
    {"arrival_rate": 20.0, "servers": 20, "buffer": 0, "service": "lognormal", "customers": 1_000_000},
    {"arrival_rate": 1.2, "servers": 1, "customers": 10_000},
)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the records of one station."""
    service = values["service"]
    scv = _scv_of(service, values["service_scv"])
    law = Law.DETERMINISTIC if scv == 0.0 else Law[service.upper()]
    exponential = service == "exponential" or (service in ("erlang", "hyperexponential") and scv == 1.0)
    theory = station_values(
        values["arrival_rate"],
        values["service_rate"],
        values["servers"],
        exponential,
        scv,
        values["patience"],
        values["buffer"],
    )
    case = StationCase(
        servers=values["servers"], law=law, service_s_mean=1 / values["service_rate"], service_cv=math.sqrt(scv),
        arrivals_per_s=values["arrival_rate"], customers=values["customers"], patience_s_scale=values["patience"] or 0.0,
        places_in_line=UNLIMITED if values["buffer"] is None else values["buffer"], batches=BATCHES, seed=values["seed"],
    )  # fmt: skip
    count = values["replications"] or 1
    studies = [study_station(_replicated(case, index)) for index in range(count)]
    samples = _batch_samples(studies[0]) if count == 1 else _means_of(studies)
    name = _name_of(values, scv)
    steady = theory.queue_mean is not None or values["patience"] or values["buffer"] is not None
    steady = bool(steady or values["arrival_rate"] < values["servers"] * values["service_rate"])
    means = list(_mean_records(name, theory, samples, values)) if steady else [_growth(name, values, scv, studies[0])]
    return means + _exact_records(name, studies)


def _replicated(case: StationCase, index: int) -> StationCase:
    from dataclasses import replace

    return replace(case, replication=index)


def _scv_of(service: str, scv: float | None) -> float:
    """Return the squared coefficient of variation that the law will have; raises ConfigError for one that it cannot have."""
    value = SCV_BY_DEFAULT[service] if scv is None else scv
    stages = round(1 / value) if value > 0 else 0
    if service == "deterministic" and value != 0.0:
        rule, way_out = "is 0 for deterministic service", "leave it out"
    elif service == "exponential" and value != 1.0:
        rule, way_out = "is 1 for exponential service", "leave it out, or use service=lognormal"
    elif service == "erlang" and not (1 <= stages <= ERLANG_STAGES_MAX and abs(value - 1 / stages) < 1e-3):
        rule, way_out = (
            f"is 1 / k for Erlang's law with k = 1 ... {ERLANG_STAGES_MAX} stages",
            "choose 1, 0.5, 0.3333, 0.25, 0.2, ...",
        )
    elif service == "hyperexponential" and value < 1.0:
        rule, way_out = "is at least 1 for a hyperexponential law", "use service=erlang or service=lognormal"
    else:
        return 1 / stages if service == "erlang" else value
    raise ConfigError.of("galleria verify queue", [Problem("service_scv", repr(value), rule, way_out)])


def _name_of(values: dict[str, Any], scv: float) -> str:
    law = {"exponential": "M", "deterministic": "D", "erlang": "E", "lognormal": "LN", "hyperexponential": "H2"}[
        values["service"]
    ]
    law = f"E{round(1 / scv)}" if values["service"] == "erlang" else law
    room = f"/{values['servers'] + values['buffer']}" if values["buffer"] is not None else ""
    patient = "+M" if values["patience"] is not None else ""
    return f"M/{law}/{values['servers']}{room}{patient} ({values['arrival_rate']:g}, {values['service_rate']:g})"


def _ratios(sums: np.ndarray, end_us: int, end_area_us: int) -> dict[str, np.ndarray]:
    """Return the estimates of each batch (rows of sums)."""
    arrived = np.maximum(sums[:, Sum.ARRIVED], 1)
    admitted = sums[:, Sum.ARRIVED] - sums[:, Sum.TURNED_AWAY]
    spans_us = np.diff(np.append(sums[:, Sum.FIRST_US], end_us))
    areas_us = np.diff(np.append(sums[:, Sum.QUEUE_AREA_US], end_area_us))
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "wait_mean": 1e-6 * (sums[:, Sum.WAIT_US] + sums[:, Sum.RENEGED_WAIT_US]) / admitted,
            "wait_served_mean": 1e-6 * sums[:, Sum.WAIT_US] / sums[:, Sum.STARTED],
            "wait_share": sums[:, Sum.WAITED] / arrived,
            "abandon_share": sums[:, Sum.RENEGED] / arrived,
            "blocked_share": sums[:, Sum.TURNED_AWAY] / arrived,
            "queue_mean": areas_us / spans_us,
            "served_mean": 1e-6 * sums[:, Sum.SERVICE_US] / sums[:, Sum.SERVED],
        }


def _batch_samples(study: StationStudy) -> dict[str, np.ndarray]:
    """Return batch means: of customers by their number, of the queue by the time between the batches' first customers."""
    used = study.sums[study.sums[:, Sum.ARRIVED] > 0]
    # The last batch ends with the last arrival, after which the line only drains: it has no end of its own and is left out.
    return {
        key: found[WARM_UP_BATCHES:-1]
        for key, found in _ratios(used, used[-1, Sum.FIRST_US], used[-1, Sum.QUEUE_AREA_US]).items()
    }


def _means_of(studies: list[StationStudy]) -> dict[str, np.ndarray]:
    """Return one estimate for each replication, its first batch left out."""
    found: dict[str, list[float]] = {}
    for study in studies:
        used = study.sums[study.sums[:, Sum.ARRIVED] > 0]
        kept = used[WARM_UP_BATCHES:-1].sum(axis=0, keepdims=True)
        kept[0, Sum.FIRST_US], kept[0, Sum.QUEUE_AREA_US] = (
            used[WARM_UP_BATCHES, Sum.FIRST_US],
            used[WARM_UP_BATCHES, Sum.QUEUE_AREA_US],
        )
        for key, value in _ratios(kept, used[-1, Sum.FIRST_US], used[-1, Sum.QUEUE_AREA_US]).items():
            found.setdefault(key, []).append(float(value[0]))
    return {key: np.array(value) for key, value in found.items()}


def _mean_records(name: str, theory: QueueValues, samples: dict[str, np.ndarray], values: dict[str, Any]) -> list[Record]:
    found = [
        estimated(f"{name}: mean wait", "s", theory.wait_mean, samples["wait_mean"], quantity="wait_mean_s"),
        estimated(f"{name}: share that waits", "share", theory.wait_share, samples["wait_share"], quantity="wait_share"),
        estimated(f"{name}: mean number in line", "customers", theory.queue_mean, samples["queue_mean"], quantity="queue_mean"),
    ]
    if values["patience"] is not None:
        patience = values["patience"]
        gap = samples["abandon_share"] - samples["wait_mean"] * (1 - samples["blocked_share"]) / patience
        found.append(
            estimated(
                f"{name}: share that gives up",
                "share",
                theory.abandon_share,
                samples["abandon_share"],
                quantity="abandon_share",
            )
        )
        found.append(
            estimated(f"{name}: mean wait of the served", "s", None, samples["wait_served_mean"], quantity="wait_served_mean_s")
        )
        # P(abandon) = theta E[wait] holds for every law of service, because patience is exponential.
        held = abs(float(gap.mean())) <= STANDARD_ERRORS * float(gap.std(ddof=1)) / math.sqrt(gap.size)
        rule = f"share that gives up less wait / patience is 0 within {STANDARD_ERRORS} standard errors"
        found.append(
            record(f"{name}: P(abandon) = E[wait] / patience", "share", 0.0, float(gap.mean()), verdict_of(held), rule)
        )
    if values["buffer"] is not None:
        found.append(
            estimated(
                f"{name}: share turned away", "share", theory.blocked_share, samples["blocked_share"], quantity="blocked_share"
            )
        )
    return found


def _growth(name: str, values: dict[str, Any], scv: float, study: StationStudy) -> Record:
    """Return the record of an unstable station: its line grows by what comes beyond what can be served (functional CLT)."""
    span_s = 1e-6 * study.last_arrival_us
    rate, served = values["arrival_rate"], values["servers"] * values["service_rate"]
    error = math.sqrt((rate + served * scv) / span_s)
    slope = study.queue_at_last_arrival / span_s
    holds = abs(slope - (rate - served)) <= STANDARD_ERRORS * error or rate == served
    return record(
        f"{name}: growth of the line", "customers/s", rate - served, slope, verdict_of(holds),
        f"within {STANDARD_ERRORS} standard errors, sqrt((rate + capacity scv) / time)", 1.96 * error,
        quantity="queue_growth_per_s", steady=False, note="not steady: more come than can be served, so no mean wait exists",
    )  # fmt: skip


def _exact_records(name: str, studies: list[StationStudy]) -> list[Record]:
    """Return what holds without statistics, summed over the runs, each of which begins and ends empty."""
    total = sum((study.sums.sum(axis=0) for study in studies), np.zeros(len(Sum), np.int64))
    waited_us = int(total[Sum.WAIT_US] + total[Sum.RENEGED_WAIT_US])
    area_us = sum(study.queue_area_us for study in studies)
    gone = int(total[Sum.SERVED] + total[Sum.RENEGED] + total[Sum.TURNED_AWAY]) + sum(study.present for study in studies)
    little = "customer-us"
    return [
        equal(f"{name}: Little's law in line, integral of the line = sum of waits", little, area_us, waited_us),
        equal(
            f"{name}: Little's law in service", little, sum(study.busy_area_us for study in studies), int(total[Sum.SERVICE_US])
        ),
        equal(f"{name}: came = served + gave up + turned away + present", "customers", int(total[Sum.ARRIVED]), gone),
        equal(f"{name}: served before somebody who came earlier", "customers", 0, sum(study.overtakings for study in studies)),
    ]
