"""Paired comparison on whole days: how often it sees what is not there, exact zeros, placebos, a planted effect, cover of its intervals."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binom

from sim.config import RunConfig
from sim.errors import ConfigError, EngineError, Problem
from sim.experiments.compare import comparison_of
from sim.experiments.engines import Runner
from sim.experiments.paired import CONFIDENCE, Paired, compared, holm, variance
from sim.experiments.replicate import Arm, Replicated, Runs
from sim.random_streams import stream_key, uniforms
from sim.reporting.kpi_catalogue import BY_NAME
from sim.verification.comparison_stops import stops
from sim.verification.parameters import Parameter, number, whole
from sim.verification.records import INFO, Record, at_least, at_most, between, equal, record

MEANING = "A/A comparisons, placebos and a planted effect on days of three stores: false alarms, variance under common draws, cover of intervals"
PARAMETERS: dict[str, Parameter] = {
    "days": whole(32, "days with seeds of their own, of which A/A comparisons are made", 8, 1_000_000),
    "comparisons": whole(200, "A/A comparisons; each has days of its own while there are enough, else days are dealt out anew", 20, 100_000),
    "pairs": whole(4, "days of each arm in an A/A comparison", 2, 1000),
    "placebos": whole(3, "policies that draw redraw_share of the members anew", 1, 1000),
    "redraw_share": number(0.01, "that share", 0.0, 1.0),
    "placebo_visits": number(1000.0, "visits of a day with placebos", 10.0, 100_000.0),
    "placebo_pairs": whole(4, "days of each placebo", 2, 1000),
    "price_factor": number(1.01, "what all prices are multiplied by: the planted effect", 0.5, 2.0),
    "price_pairs": whole(8, "days of it", 2, 1_000_000),
    "stopped": whole(2000, "comparisons of drawn numbers that stop by themselves", 100, 1_000_000),
    "seed": whole(RunConfig().seed, "address of every draw", 0, 2**62),
    "figure": Parameter(None, "an SVG file for the picture of the intervals", text=True, may_be_null=True),
    "folder": Parameter(None, "a folder in which the runs are kept, so that a second call goes on", text=True, may_be_null=True),
}  # fmt: skip
STANDARD: tuple[dict[str, Any], ...] = ({},)
KPI = "sales_fen"
ALPHA = 1 - CONFIDENCE
AA_OF_200 = (4, 16)  # rejections at 5 % where no day is in two comparisons: outside in 3.3 % of honest sets of 200
FALSE_ALARM = 1e-3
VARIANCE_SHARE_MAX = 0.1
VISITS = 200.0  # as scenarios/corner_day.yaml, with nobody located: that is most of what a small day costs
Kpis = Mapping[str, Any]


def run(values: dict[str, Any]) -> list[Record]:
    """Return the records; runs are made on all cores, in `folder` or in one that goes away."""
    if values["folder"] is not None:
        return _run_in(Path(values["folder"]), values)
    with tempfile.TemporaryDirectory(prefix="galleria-") as folder:
        return _run_in(Path(folder), values)


def _run_in(folder: Path, values: dict[str, Any]) -> list[Record]:
    if values["price_pairs"] > values["days"]:
        rule = "the planted effect is held against days of the A/A comparisons"
        raise ConfigError.of(
            "galleria verify comparison",
            [Problem("price_pairs", str(values["price_pairs"]), rule, f"at most days ({values['days']})")],
        )
    plain, busy = ("plain", day_config(values)), ("busy", day_config(values, visits=values["placebo_visits"]))
    placebos = [
        (f"placebo {salt}", day_config(values, visits=values["placebo_visits"], redraw=(values["redraw_share"], salt)))
        for salt in range(values["placebos"])
    ]
    same, dear = ("same again", plain[1]), ("dearer", day_config(values, price_factor=values["price_factor"]))
    preload = ("sim.api", "sim.floorplan.cache", "agents.visits", "agents.mall")
    wanted: list[tuple[Arm, int]] = [(plain, n) for n in range(1, values["days"] + 1)]
    wanted += [(same, n) for n in (1, 2)] + [(dear, n) for n in range(1, values["price_pairs"] + 1)]
    wanted += [(arm, n) for n in range(1, values["placebo_pairs"] + 1) for arm in (busy, *placebos)]
    with Runs(folder, Runner("sim.api:run", preload)) as made:
        runs = made.make(wanted)
    if runs.failures:
        way_out = "run such a day by itself to see why"
        problems = [
            Problem(f"{each.arm}, day {each.replication}", each.reason, "the run failed twice", way_out)
            for each in runs.failures
        ]
        raise EngineError.of("galleria verify comparison", problems)
    days = [runs.kpis["plain", n] for n in range(1, values["days"] + 1)]
    found, intervals = aa_records(days, values)
    found.append(same_draws_record(runs, same, plain))
    found += placebo_records(runs, [busy, *placebos], values["placebo_pairs"])
    found += planted_records(
        days, [runs.kpis["dearer", n] for n in range(1, values["price_pairs"] + 1)], values["price_factor"]
    )
    found += stops(values["stopped"], values["seed"])
    if values["figure"] is not None:
        from sim.reporting.interval_figure import write_intervals  # matplotlib is half a second that records can do without

        write_intervals(Path(values["figure"]), intervals)
    return found


def day_config(
    values: Mapping[str, Any], *, visits: float = VISITS, price_factor: float = 1.0, redraw: tuple[float, int] = (0.0, 0)
) -> RunConfig:
    """Return a day of three stores; prices of all trades are multiplied by a factor, a share of members is drawn anew by a salt."""
    base = RunConfig()
    return dataclasses.replace(
        base,
        floorplan="corner_mall",
        seed=values["seed"],
        categories={
            name: dataclasses.replace(trade, basket_yuan_mean=trade.basket_yuan_mean * price_factor)
            for name, trade in base.categories.items()
        },
        operations=dataclasses.replace(base.operations, review_s=3600.0),
        population=dataclasses.replace(
            base.population, visits_per_day=visits, day_total_cv=0.0, weekday_factors=[1.0] * 7, redraw_share=redraw[0], redraw_salt=redraw[1],
        ),
        sensing=dataclasses.replace(base.sensing, positioning=dataclasses.replace(base.sensing.positioning, method="off")),
    )  # fmt: skip


def dealt(days: int, comparisons: int, pairs: int, seed: int) -> list[np.ndarray]:
    """Return the days (int64, 2 x pairs) of each comparison: no day twice in one, and none in two while there are enough.

    When all are dealt out, they are shuffled and dealt again.
    """
    found: list[np.ndarray] = []
    order = np.arange(days)
    while len(found) < comparisons:
        hands = order[: days // (2 * pairs) * 2 * pairs].reshape(-1, 2, pairs)
        found += list(hands[: comparisons - len(found)])
        order = np.argsort(uniforms(stream_key(seed, "deal"), np.arange(days), len(found)), kind="stable")
    return found


def aa_records(days: Sequence[Kpis], values: Mapping[str, Any]) -> tuple[list[Record], list[Paired]]:
    """Return how often arms that are the same but for their seeds are told apart, and the intervals of their sales."""
    comparisons, pairs = values["comparisons"], values["pairs"]
    if len(days) < 2 * pairs:
        rule = "two arms with seeds of their own need twice as many days"
        raise ConfigError.of("galleria verify comparison", [Problem("pairs", str(pairs), rule, f"days={2 * pairs} or more")])
    hands = dealt(len(days), comparisons, pairs, values["seed"])
    names = [name for name in days[0] if name in BY_NAME and BY_NAME[name].is_known]
    intervals: list[Paired] = []
    tests = rejected = families = 0
    for left, right in hands:
        results = {
            name: compared([(days[one].get(name), days[other].get(name)) for one, other in zip(left, right, strict=True)])[1]
            for name in names
        }
        p_values = [result.p_value for result in results.values() if result is not None and result.p_value is not None]
        tests, rejected = tests + len(p_values), rejected + sum(p_value < ALPHA for p_value in p_values)
        families += any(p_adjusted < ALPHA for p_adjusted in holm(p_values))
        interval = results[KPI]
        assert interval is not None
        intervals.append(interval)
    sure = [(each.p_value or 0.0) < ALPHA for each in intervals]
    has_own_days = comparisons * 2 * pairs <= len(days)
    band = binom.interval(1 - FALSE_ALARM, comparisons, ALPHA)
    low, high = AA_OF_200 if comparisons == 200 and has_own_days else (int(each) for each in band)
    false_alarm = 1 - float(binom.cdf(high, comparisons, ALPHA) - binom.cdf(low - 1, comparisons, ALPHA))
    note = {
        "days": len(days),
        "times_each_day": round(comparisons * 2 * pairs / len(days), 2),
        "false_alarm": round(false_alarm, 4),
        **({} if has_own_days else {"note": "days are dealt out again and again, so that the rate of false alarms is rough"}),
    }
    words = f"A/A, seeds of their own, {pairs} days against {pairs}"
    limit = int(binom.isf(FALSE_ALARM, comparisons, ALPHA))
    return [
        between(f"{words}: comparisons of {comparisons} that call sales different at 5 %", "comparisons", ALPHA * comparisons, sum(sure), low, high, quantity="aa_rejections", **note),
        record(f"{words}: share of all KPIs called different at 5 %, uncorrected", "share", ALPHA, rejected / tests, INFO, "shown: KPIs of a day go together, and counts of rare things are not normal"),
        at_most(f"{words}: comparisons of {comparisons} with any verdict (Holm)", "comparisons", limit, families, quantity="aa_families", tests=tests),
    ], intervals  # fmt: skip


def same_draws_record(runs: Replicated, first: Arm, second: Arm) -> Record:
    """Return how many KPIs of the same days differ when they are run twice."""
    differing = sum(runs.kpis[first[0], n][name] != value for n in (1, 2) for name, value in runs.kpis[second[0], n].items())
    return equal("A/A under common draws: KPIs that differ at all", "KPIs", 0, differing)


def placebo_records(runs: Replicated, arms: Sequence[Arm], pairs: int) -> list[Record]:
    """Return how often policies that change nothing on average are told from the baseline, the first of `arms`."""
    numbers = range(1, pairs + 1)
    names = [name for name, _ in arms[1:]]
    sales = {name: [(runs.kpis[arms[0][0], n][KPI], runs.kpis[name, n][KPI]) for n in numbers] for name in names}
    rejected = sum(((found := compared(sales[name])[1]) is not None and (found.p_value or 0.0) < ALPHA) for name in names)
    touched = sum(left != right for name in names for left, right in sales[name])
    verdicts = sum(
        any(entry["verdict"] in ("higher", "lower") for entry in comparison_of([arms[0], arm], numbers, runs)["kpis"])
        for arm in arms[1:]
    )
    limit, count = int(binom.isf(FALSE_ALARM, len(names), ALPHA)), len(names)
    return [
        record("placebos: share of days whose sales they change at all", "share", None, touched / (count * pairs), INFO, "shown"),
        at_most(f"placebos of {count} that are called to change sales at 5 %", "placebos", limit, rejected, quantity="placebo_rejections", false_alarm=FALSE_ALARM),
        at_most(f"placebos of {count} with any verdict (Holm over all KPIs)", "placebos", limit, verdicts, quantity="placebo_families", false_alarm=FALSE_ALARM),
    ]  # fmt: skip


def planted_records(days: Sequence[Kpis], dearer: Sequence[Kpis], price_factor: float) -> list[Record]:
    """Return what common draws make of the variance of a small known effect, and the effect as it is found."""
    pairs = [(float(left[KPI]), float(right[KPI])) for left, right in zip(days, dearer, strict=False)]
    _, result = compared(pairs)
    assert result is not None
    assert result.half_width is not None
    independent = variance([left for left, _ in pairs]) + variance([right for _, right in pairs])
    share = variance([right - left for left, right in pairs]) / independent if independent > 0 else 0.0
    words = f"prices times {price_factor:g}, {len(pairs)} pairs"
    mean = result.baseline_mean
    return [
        at_most(f"{words}: variance of the paired difference of sales / that of seeds of their own", "share", VARIANCE_SHARE_MAX, share, quantity="planted_variance_share"),
        at_least(f"{words}: sales found to differ, days that seeds of their own would take / days run", "times", 1 / VARIANCE_SHARE_MAX, 1 / max(share, 1e-300)),
        record(f"{words}: difference of sales / sales", "share", price_factor - 1, result.difference_mean / mean, INFO, "shown: people may buy less when it is dearer", result.half_width / mean),
    ]  # fmt: skip
