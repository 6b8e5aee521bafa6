"""What is estimated from a station's sums, and what must hold of them exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.crowd.single_station import StationStudy, Sum
from sim.verification.queue_theory import QueueValues, class_waits, erlang_c, shared_states
from sim.verification.records import INFO, STANDARD_ERRORS, Record, equal, estimated, record, verdict_of

WARM_UP_BATCHES = 1
STATES_SHOWN = 5
Samples = dict[str, np.ndarray]


def batch_samples(study: StationStudy) -> Samples:
    """Return batch means: of customers by their number, of numbers present by the time between the batches' first customers."""
    used = study.sums[:, Sum.ARRIVED] > 0
    return {key: found[..., WARM_UP_BATCHES:-1] for key, found in _ratios(study.class_sums[:, used]).items()} | _states(study)


def means_of(studies: list[StationStudy]) -> Samples:
    """Return one estimate for each replication, its first batch left out."""
    found: dict[str, list[np.ndarray]] = {}
    for study in studies:
        used = study.class_sums[:, study.sums[:, Sum.ARRIVED] > 0]
        kept = used[:, WARM_UP_BATCHES:-1].sum(axis=1, keepdims=True)
        marks = [Sum.FIRST_US, Sum.QUEUE_AREA_US, Sum.BUSY_AREA_US]
        kept[:, 0, marks] = used[:, WARM_UP_BATCHES][:, marks]
        last = used[:, -1:].copy()
        for key, value in _ratios(np.concatenate([kept, last], axis=1)).items():
            found.setdefault(key, []).append(value[..., 0])
    return {key: np.stack(value, axis=-1) for key, value in found.items()} | _states(*studies)


def _ratios(sums: np.ndarray) -> Samples:
    """Return the estimates of each batch, and by class (rows) those that end in _by_class; the last batch has no end of its own."""
    total = sums.sum(axis=0)
    ends = np.minimum(np.arange(1, total.shape[0] + 1), total.shape[0] - 1)
    arrived = np.maximum(total[:, Sum.ARRIVED], 1)
    admitted = total[:, Sum.ARRIVED] - total[:, Sum.TURNED_AWAY] - total[:, Sum.REJECTED]
    spans_us = total[ends, Sum.FIRST_US] - total[:, Sum.FIRST_US]
    with np.errstate(divide="ignore", invalid="ignore"):
        waits_us = total[:, Sum.WAIT_US] + total[:, Sum.RENEGED_WAIT_US]
        by_class_us = sums[:, :, Sum.WAIT_US] + sums[:, :, Sum.RENEGED_WAIT_US]
        admitted_by_class = sums[:, :, Sum.ARRIVED] - sums[:, :, Sum.TURNED_AWAY] - sums[:, :, Sum.REJECTED]
        return {
            "wait_mean": 1e-6 * waits_us / admitted,
            "wait_served_mean": 1e-6 * total[:, Sum.WAIT_US] / total[:, Sum.SERVED],
            "wait_share": total[:, Sum.WAITED] / arrived,
            "long_share": total[:, Sum.LONG] / arrived,
            "abandon_share": total[:, Sum.RENEGED] / arrived,
            "blocked_share": (total[:, Sum.TURNED_AWAY] + total[:, Sum.REJECTED]) / arrived,
            "queue_mean": (total[ends, Sum.QUEUE_AREA_US] - total[:, Sum.QUEUE_AREA_US]) / spans_us,
            "sojourn_mean": 1e-6 * (total[:, Sum.WAIT_US] + total[:, Sum.SERVICE_US]) / total[:, Sum.SERVED],
            "wait_mean_by_class": 1e-6 * by_class_us / admitted_by_class,
        }


def _states(*studies: StationStudy) -> Samples:
    """Return the shares of time with so many in the system, over all runs: (states) and no batches."""
    total = sum((study.states_us for study in studies), np.zeros_like(studies[0].states_us))
    return {"state_shares": total / max(int(total.sum()), 1)}


def mean_records(
    name: str, theory: QueueValues, samples: Samples, values: dict[str, Any], rates: list[float], scv: float
) -> list[Record]:
    """Return the records of a station in its steady state."""
    if values["discipline"] == "sharing":
        return list(_sharing(name, samples, values, rates))
    found = [
        estimated(f"{name}: mean wait", "s", theory.wait_mean, samples["wait_mean"], quantity="wait_mean_s"),
        estimated(f"{name}: share that waits", "share", theory.wait_share, samples["wait_share"], quantity="wait_share"),
        estimated(f"{name}: mean number in line", "customers", theory.queue_mean, samples["queue_mean"], quantity="queue_mean"),
    ]
    if values["discipline"] == "preemptive":
        found.pop(1)  # a wait that was interrupted is two waits
    if len(rates) > 1:
        found += _classes(name, samples, values, rates, scv)
    if values["longer_than"] is not None:
        found.append(_longer(name, samples, values, rates))
    if values["patience"] is not None:
        found += _patience(name, theory, samples, values)
    if values["buffer"] is not None or values["balking"] is not None:
        blocked = samples["blocked_share"]
        found.append(estimated(f"{name}: share turned away", "share", theory.blocked_share, blocked, quantity="blocked_share"))
    return found


def _classes(name: str, samples: Samples, values: dict[str, Any], rates: list[float], scv: float) -> Iterator[Record]:
    """Yield the mean time in line of each class, and that they balance: sum of load times wait as of one line in order of arrival."""
    exponential = values["service"] == "exponential"
    known = (
        values["discipline"] in ("priority", "preemptive")
        and values["patience"] is None
        and values["arrivals"] == "exponential"
    )
    known = known and values["buffer"] is None and values["balking"] is None and values["group"] == 1
    preemptive = values["discipline"] == "preemptive"
    waits = class_waits(rates, values["service_rate"], values["servers"], scv, preemptive=preemptive, exponential=exponential)
    for kind, rate in enumerate(rates):
        found = samples["wait_mean_by_class"][kind]
        wait = waits[kind] if known else None
        label = f"{name}: mean time in line, class {kind} ({rate:g})"
        yield estimated(label, "s", wait, found, quantity=f"wait_mean_s_{kind}")
    if known and values["servers"] == 1 and (exponential or not preemptive):
        loads = np.array(rates) / values["service_rate"]
        load = float(loads.sum())
        balance = load * sum(rates) * (1 + scv) / (2 * values["service_rate"] ** 2 * (1 - load))
        weighed = (loads[:, None] * samples["wait_mean_by_class"]).sum(axis=0)
        yield estimated(f"{name}: sum of load x time in line", "s", balance, weighed, quantity="balance_s")


def _longer(name: str, samples: Samples, values: dict[str, Any], rates: list[float]) -> Record:
    """Return the share of waits beyond a length; in M/M/c it is C exp(-(c mu - rate) t)."""
    rate, capacity = sum(rates), values["servers"] * values["service_rate"]
    plain = all(values[key] is None for key in ("patience", "buffer", "balking")) and values["discipline"] == "fifo"
    plain = plain and values["service"] == values["arrivals"] == "exponential" and values["group"] == 1
    wait = erlang_c(rate / values["service_rate"], values["servers"]) if plain else None
    share = None if wait is None else wait * math.exp(-(capacity - rate) * values["longer_than"])
    label = f"{name}: share that waits longer than {values['longer_than']:g} s"
    return estimated(label, "share", share, samples["long_share"], quantity="long_share")


def _patience(name: str, theory: QueueValues, samples: Samples, values: dict[str, Any]) -> Iterator[Record]:
    abandoned = samples["abandon_share"]
    yield estimated(f"{name}: share that gives up", "share", theory.abandon_share, abandoned, quantity="abandon_share")
    label = f"{name}: mean wait of the served"
    yield estimated(label, "s", None, samples["wait_served_mean"], quantity="wait_served_mean_s")
    if values["patience_law"] != "exponential" or values["discipline"] == "preemptive" or values["balk_share"] > 0:
        return
    # P(abandon) = theta E[wait] holds for every law of service, because patience is exponential.
    gap = abandoned - samples["wait_mean"] * (1 - samples["blocked_share"]) / values["patience"]
    held = abs(float(gap.mean())) <= STANDARD_ERRORS * float(gap.std(ddof=1)) / math.sqrt(gap.size)
    rule = f"share that gives up less wait / patience is 0 within {STANDARD_ERRORS} standard errors"
    yield record(f"{name}: P(abandon) = E[wait] / patience", "share", 0.0, float(gap.mean()), verdict_of(held), rule)


def _sharing(name: str, samples: Samples, values: dict[str, Any], rates: list[float]) -> Iterator[Record]:
    """Yield the time in a shared station and the numbers there: those of M/M/c, whatever the law of service."""
    rate, service_rate, servers = sum(rates), values["service_rate"], values["servers"]
    plain = (
        values["buffer"] is None and values["balking"] is None and values["arrivals"] == "exponential" and values["group"] == 1
    )
    offered = rate / service_rate
    queue = erlang_c(offered, servers) * offered / (servers - offered) if plain else None
    sojourn = None if queue is None else 1 / service_rate + queue / rate
    yield estimated(f"{name}: mean time there", "s", sojourn, samples["sojourn_mean"], quantity="sojourn_mean_s")
    shares = shared_states(rate, service_rate, servers, STATES_SHOWN)
    for state, share in enumerate(shares):
        label, found = f"{name}: share of time with {state} there", float(samples["state_shares"][state])
        # Near its reference in the sense of the sojourn: one path has no standard error of its own.
        holds = verdict_of(abs(found - share) <= 0.01) if plain else INFO
        yield record(
            label,
            "share",
            share if plain else None,
            found,
            holds,
            "within 0.01 of the reference",
            quantity=f"state_share_{state}",
        )


def growth(name: str, rate: float, capacity: float, scv: float, study: StationStudy) -> Record:
    """Return the record of an unstable station: its line grows by what comes beyond what can be served (functional CLT)."""
    span_s = max(1e-6 * study.last_arrival_us, 1e-9)
    error = math.sqrt((rate + capacity * scv) / span_s)
    slope = study.queue_at_last_arrival / span_s
    holds = abs(slope - (rate - capacity)) <= STANDARD_ERRORS * error or rate == capacity
    return record(
        f"{name}: growth of the line", "customers/s", rate - capacity, slope, verdict_of(holds),
        f"within {STANDARD_ERRORS} standard errors, sqrt((rate + capacity scv) / time)", 1.96 * error,
        quantity="queue_growth_per_s", steady=False, note="not steady: more come than can be served, so no mean wait exists",
    )  # fmt: skip


def exact_records(name: str, studies: list[StationStudy], *, ordered: bool) -> list[Record]:
    """Return what holds without statistics in every run, each of which begins and ends empty unless nobody serves at its end."""
    sums = [study.sums.sum(axis=0) for study in studies]
    whole = [total for total, study in zip(sums, studies, strict=True) if study.present == 0]
    emptied = [study for study in studies if study.present == 0]
    waited_us = sum(int(total[Sum.WAIT_US] + total[Sum.RENEGED_WAIT_US]) for total in whole)
    balanced = sum(_is_balanced(total, study) for total, study in zip(sums, studies, strict=True))
    label, unit = f"{name}: came = served + gave up + turned away + refused + present, runs of which it holds", "customer-us"
    found = [equal(label, "runs", len(studies), balanced)]
    area_us, busy_us = (sum(getattr(study, key) for study in emptied) for key in ("queue_area_us", "busy_area_us"))
    if emptied:
        served_us = sum(int(total[Sum.SERVICE_US]) for total in whole)
        found.append(equal(f"{name}: Little's law in line, integral of the line = sum of waits", unit, area_us, waited_us))
        found.append(equal(f"{name}: Little's law in service", unit, busy_us, served_us))
    if ordered:
        overtakings = sum(study.overtakings for study in studies)
        found.append(equal(f"{name}: served before somebody of the class who came earlier", "customers", 0, overtakings))
    return found


def _is_balanced(total: np.ndarray, study: StationStudy) -> bool:
    gone = total[Sum.SERVED] + total[Sum.RENEGED] + total[Sum.TURNED_AWAY] + total[Sum.REJECTED]
    return int(total[Sum.ARRIVED]) == int(gone) + study.present
