"""In-mall experiments against the truth: what A/B by person, switchback and zone hold-out would say of a coupon, and what twins say."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy.stats import t as student

from sim.config import RecordingConfig, RunConfig
from sim.experiments.estimators import Estimate, clustered
from sim.experiments.twins import Lives, TwinRunner, lives_of
from sim.experiments.uplift import decisions_of, effect_of, spent_after
from sim.random_streams import stream_key
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import INFO, STANDARD_ERRORS, Record, equal, record, standard_error, verdict_of

MEANING = "bias and power of experiments inside the mall, and placebos, against twins of the same days"
PARAMETERS: dict[str, Parameter] = {
    "days": whole(4, "days of different draws", 2, 1000),
    "visits": whole(300, "visits of a day, in three stores", 20, 20_000),
    "off_share": number(0.5, "of the price that the coupon takes off", 0.0, 1.0),
    "control_share": number(0.5, "share of people, stretches or zones that get nothing", 0.05, 0.95),
    "slot_min": number(60.0, "length of a stretch of the switchback", 5.0, 720.0),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
POLICY = "targeted"  # made to decide about everybody alike
DESIGNS = ("ab", "switchback", "zones")
RUNNER = TwinRunner("sim.api:live_twin", workers=0)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the placebos, and of each design its bias, power and cover over the days."""
    arms = ("none", "idle", "all", *DESIGNS)
    configs = [_config(values, arm, day) for day in range(values["days"]) for arm in arms]
    lived: dict[int, Lives] = {}
    lives_of(RUNNER, configs, lived.__setitem__)
    days = [{arm: lived[len(arms) * day + at] for at, arm in enumerate(arms)} for day in range(values["days"])]
    found = [*_placebos(days), _truth(days)]
    for design in DESIGNS:
        found += _judged(design, days)
    return found


def _config(values: dict[str, Any], arm: str, day: int) -> RunConfig:
    base = RunConfig()
    policies = [] if arm == "none" else ["idle"] if arm == "idle" else [POLICY]
    targeted = dataclasses.replace(base.policy.targeted, least=1.0, most=1.0, off_share=values["off_share"], after_min=5.0)
    design = dataclasses.replace(
        base.policy.design, kind=arm if arm in DESIGNS else "none", control_share=values["control_share"], slot_min=values["slot_min"],
    )  # fmt: skip
    return dataclasses.replace(
        base,
        floorplan="corner_mall",
        seed=int(stream_key(values["seed"], f"designs {day}")) >> 2,
        policies=policies,
        policy=dataclasses.replace(base.policy, targeted=targeted, design=design),
        population=dataclasses.replace(base.population, visits_per_day=values["visits"], day_total_cv=0.0),
        digital=dataclasses.replace(base.digital, member_share=0.9, app_share=0.95, push_share=0.95),
        recording=RecordingConfig(events="none", report=False),
    )


def _placebos(days: list[dict[str, Lives]]) -> list[Record]:
    idle = sum(abs(effect_of("idle", day["idle"], day["none"], ("idle",)).uplift_fen) for day in days)
    there = [effect_of(POLICY, day["all"], day["none"], (POLICY,)).uplift_fen for day in days]
    back = [effect_of(POLICY, day["none"], day["all"], (POLICY,)).uplift_fen for day in days]
    return [
        equal("a policy that only looks: uplift", "fen", 0, idle),
        equal(
            "labels of the arms swapped: sum of both effects",
            "fen",
            0,
            sum(abs(a + b) for a, b in zip(there, back, strict=True)),
        ),
    ]


def _everybody(day: dict[str, Lives]) -> float:
    """Return what the coupon does in the mean to each who is sent it when all are."""
    log, decided = decisions_of(day["all"], (POLICY,))
    rows = decided.rows
    without = spent_after(day["none"], rows["day"], rows["visit"], rows["time_us"])
    return float((log.outcome - without).mean()) if rows.size else 0.0


def _truth(days: list[dict[str, Lives]]) -> Record:
    truth = np.array([_everybody(day) for day in days])
    return _shown("true effect on each who is sent it, when all are", "fen", truth)


def _judged(design: str, days: list[dict[str, Lives]]) -> list[Record]:
    """Return bias, power and cover of a design; a day on which it left nobody in one of the arms tells nothing."""
    pairs = [(estimate, _everybody(day)) for day in days if (estimate := _estimate(day[design])) is not None]
    if len(pairs) < 2:
        return [record(f"{design}: days that tell anything", "days", None, len(pairs), INFO, "too few days to judge")]
    bias = np.array([estimate.effect - truth for estimate, truth in pairs])
    seen = np.array([not estimate.covers(0.0) for estimate, _ in pairs])
    covered = np.array([estimate.covers(truth) for estimate, truth in pairs])
    found = [_shown(f"{design}: estimate less truth", "fen", bias)]
    if design == "ab":
        error = standard_error(bias)
        holds = abs(float(bias.mean())) <= max(STANDARD_ERRORS, float(student.isf(5e-5, bias.size - 1))) * error
        found[0] |= {"reference": 0.0, "verdict": verdict_of(holds), "rule": "no bias beyond chance (false alarm 1e-4)"}
    return [
        *found,
        record(f"{design}: power, days on which an effect is seen", "share", None, float(seen.mean()), INFO, "shown"),
        record(
            f"{design}: days on which the 95 % interval holds the truth", "share", 0.95, float(covered.mean()), INFO, "shown"
        ),
    ]


def _estimate(lives: Lives) -> Estimate | None:
    log, decided = decisions_of(lives, (POLICY,))
    if not log.has_both:
        return None
    return clustered(log, lives.features["design_unit"][decided.index])


def _shown(case: str, unit: str, samples: np.ndarray) -> Record:
    half = float(student.ppf(0.975, samples.size - 1)) * standard_error(samples)
    return record(case, unit, None, float(samples.mean()), INFO, "shown", half)
