"""What is believed of each parameter before any data: equally likely over its documented range, or a narrower one that the user gives."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.experiments.parameter_ranges import Range, ranges_of, with_values
from sim.plan_arrays import CompiledPlan

SOURCE = "the calibration"
LOG_FACTOR = 10.0  # a range wider than this is even in the logarithm: 10 to 100 is as likely as 100 to 1,000
DIGITS = 6  # of a value, so that a calibrated scenario is readable
FAMILIES = {  # what may be named instead of keys; {trade} stands for every trade that the plan has
    "demand": (
        "population.visits_per_day",
        "population.party_lambda_weekday",
        "population.party_lambda_weekend",
        "population.car_share",
    ),
    "shares": ("categories.{trade}.need_share",),
    "dwell": ("categories.{trade}.dwell_min_mean",),
    "conversion": ("categories.{trade}.conversion_share",),
    "bills": ("categories.{trade}.basket_yuan_mean",),
    "walking": ("population.free_speed_mps_mean",),
    "stay": ("population.stay_min_mean", "population.needs_mean"),
    "patience": ("services.till_patience_s_mean", "services.table_patience_s_mean"),
    "response": ("choice.walk_s_scale", "choice.wait_s_scale", "choice.impulse_share", "choice.meal_share"),
}


@dataclass(frozen=True)
class Prior:
    """One parameter: even between two ends, of the value or of its logarithm."""

    key: str
    base: float  # the scenario's value
    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False

    def value_at(self, share: float) -> float | int:
        """Return the value below which a share of the prior lies, from 0 to 1."""
        span = self.high - self.low
        value = self.low * (self.high / self.low) ** share if self.is_log else self.low + share * span
        value = min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)
        return round(value) if self.is_whole else value

    def share_of(self, value: float) -> float:
        """Return what share of the prior lies below a value; below 0 or above 1 for one outside its ends."""
        if not self.is_log:
            return (value - self.low) / (self.high - self.low)
        return math.log(value / self.low) / math.log(self.high / self.low) if value > 0 else -math.inf

    def facts(self) -> dict[str, Any]:
        """Return it for the result's JSON."""
        return dataclasses.asdict(self)


def priors_of(
    config: RunConfig, compiled: CompiledPlan, words: Sequence[str], given: Mapping[str, str], within: float | None = None
) -> list[Prior]:
    """Return the priors of named parameters: keys, sections, families such as `dwell`, or "key:low:high"; sorted by key.

    `given` are ranges as typed, "low..high". Raises ConfigError with every name that is none, every range that is wrong, and every
    parameter without one: a text, a choice, or a number whose documented range is open.
    """
    names, ends = _read(words, compiled, given)
    try:
        ranges = ranges_of(config, names, ends, within)
    except ConfigError as mistake:
        raise ConfigError.of(SOURCE, mistake.problems) from None
    named = {*names, *ends}
    problems = [
        Problem(each.key, str(each.base), "is a choice, which has no range", "compare its settings by `galleria compare`")
        for each in ranges
        if each.choices and each.key in named
    ]
    priors = [_prior_of(each) for each in sorted(ranges, key=lambda each: each.key) if not each.choices]
    if not priors and not problems:
        problems.append(
            Problem("parameters", ", ".join(names), "nothing that has a range", "parameters=[population.car_share]")
        )
    if problems:
        raise ConfigError.of(SOURCE, problems)
    return priors


def settings_at(priors: Sequence[Prior], shares: Sequence[float]) -> dict[str, float | int]:
    """Return a value of each parameter at shares of their priors."""
    return {prior.key: prior.value_at(share) for prior, share in zip(priors, shares, strict=True)}


def config_at(config: RunConfig, priors: Sequence[Prior], shares: Sequence[float]) -> RunConfig:
    """Return a configuration with the parameters at shares of their priors."""
    return with_values(config, settings_at(priors, shares))


def _read(words: Sequence[str], compiled: CompiledPlan, given: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return names and typed ranges: "key:low:high" is a name with a range, a family is its keys."""
    names: dict[str, None] = {}
    ends: dict[str, str] = {}
    for word in words:
        name, colon, span = str(word).strip().partition(":")
        if name in FAMILIES:
            trades = sorted(set(compiled.tenant_categories))
            keys = [key.format(trade=trade) for key in FAMILIES[name] for trade in (trades if "{" in key else [""])]
            names.update(dict.fromkeys(keys))
        elif colon:
            ends[name] = span.replace(":", "..")
        elif name:
            names[name] = None
    return list(names), {**ends, **given}


def _prior_of(found: Range) -> Prior:
    is_log = found.low > 0 and found.high > LOG_FACTOR * found.low
    return Prior(found.key, float(found.base), float(found.low), float(found.high), is_log, isinstance(found.base, int))
