"""Which parameters move a KPI: Morris' elementary effects or Sobol indices over their ranges, and each alone from low to high."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.errors import ConfigError, GalleriaError, Problem
from sim.experiments.engines import Runner
from sim.experiments.paired import mean
from sim.experiments.parameter_ranges import SOURCE, Range, refused, with_values
from sim.experiments.replicate import Arm, Count
from sim.experiments.study_folder import facts_of, made, study, values_of
from sim.random_streams import stream_key
from sim.reporting.files import write_json
from sim.reporting.kpi_catalogue import kpi_named

SCHEMA_VERSION = 1
RESULT = "sensitivity.json"
INDICES = {  # our name -> SALib's
    "morris": {"mu": "mu", "mu_star": "mu_star", "mu_star_half_width": "mu_star_conf", "sigma": "sigma"},
    "sobol": {"s1": "S1", "s1_half_width": "S1_conf", "st": "ST", "st_half_width": "ST_conf"},
}
METHODS = tuple(INDICES)
LEVELS = 4  # of Morris' grid: the usual choice (Saltelli et al. 2008, Global Sensitivity Analysis, 3.3)
RESAMPLES = 1000
BASE = "scenario"


@dataclass(frozen=True)
class Design:
    """How a study goes through the ranges."""

    kpi: str
    method: str = "morris"
    trajectories: int = 10  # of Morris: each has one run more than there are parameters
    samples: int = 64  # of Sobol: times parameters + 2 runs; a power of 2
    replications: int = 1  # days of each setting, the same ones for all
    confidence: float = 0.95

    def runs(self, ranges: Sequence[Range]) -> int:
        """Return how many runs it takes."""
        size = (len(ranges) + 1) * self.trajectories if self.method == "morris" else (len(ranges) + 2) * self.samples
        return (size + 1 + sum(len(each.ends) for each in ranges)) * self.replications


def sensitivity(
    config: RunConfig, ranges: Sequence[Range], out: Path, design: Design, runner: Runner, count: Count | None = None
) -> dict[str, Any]:
    """Make the runs of a design into `out`, write sensitivity.json, sensitivity.parquet and two figures there, and return the first.

    A second call makes only what is missing. Raises ConfigError, before any run, for settings that the schema's rules refuse, and
    EngineError for runs that failed twice or do not know the KPI.
    """
    from sim.reporting.sensitivity_files import write_files

    _refuse(ranges, design)
    alone = {f"{each.key}={end}": {each.key: end} for each in ranges for end in each.ends}
    shares = shares_of(ranges, design, config.seed)
    samples = [{each.key: each.value_at(share) for each, share in zip(ranges, row, strict=True)} for row in shares.tolist()]
    problems = list(refused(config, [*alone.values(), *samples]))
    if problems:
        raise ConfigError.of(SOURCE, problems)
    arms: list[Arm] = [(BASE, config), *((name, with_values(config, values)) for name, values in alone.items())]
    arms += [(f"sample {index:05d}", with_values(config, values)) for index, values in enumerate(samples, 1)]
    out = Path(out)
    with study(out, "sensitivity", runner, {**facts_of(arms[:1]), "runs": len(arms) * design.replications}) as runs:
        numbers = range(1, design.replications + 1)
        values = values_of(out, made(out, runs, [(arm, number) for arm in arms for number in numbers], count), design.kpi)
        means = {arm: mean([values[arm, number] for number in numbers]) for arm, _ in arms}
        outputs = [means[arm] for arm, _ in arms[len(alone) + 1 :]]
        found = _told(config, ranges, design, means, indices(ranges, shares, np.array(outputs), design, config.seed))
        write_json(out / RESULT, found)
        write_files(out, found, {"sample": list(range(1, len(samples) + 1)), **_columns(ranges, samples), design.kpi: outputs})
    return found


def indices(
    ranges: Sequence[Range], shares: np.ndarray, outputs: np.ndarray, design: Design, seed: int
) -> list[dict[str, float | None]]:
    """Return what SALib makes of the outputs, one record for each range: mu, mu_star, sigma; or s1, st; with half-widths.

    Effects are in units of the KPI over the whole range. Where the KPI never moved all are 0, and Sobol's are null.
    """
    problem, draw, names = _problem(ranges), _seed(seed, "resampling"), INDICES[design.method]
    if np.ptp(outputs) == 0:
        nothing = 0.0 if design.method == "morris" else None
        return [dict.fromkeys(names, nothing) for _ in ranges]
    if design.method == "morris":
        from SALib.analyze import morris

        told = morris.analyze(
            problem, shares, outputs, num_resamples=RESAMPLES, conf_level=design.confidence, num_levels=LEVELS, seed=draw
        )
    else:
        from SALib.analyze import sobol

        told = sobol.analyze(
            problem, outputs, calc_second_order=False, num_resamples=RESAMPLES, conf_level=design.confidence, seed=draw
        )
    return [{name: float(told[theirs][index]) for name, theirs in names.items()} for index in range(len(ranges))]


def shares_of(ranges: Sequence[Range], design: Design, seed: int) -> np.ndarray:
    """Return the design as shares of the ranges, [sample, parameter]."""
    problem, draw = _problem(ranges), _seed(seed, "design")
    if design.method == "morris":
        from SALib.sample import morris

        return np.asarray(morris.sample(problem, design.trajectories, num_levels=LEVELS, seed=draw))
    from SALib.sample import sobol

    return np.asarray(sobol.sample(problem, design.samples, calc_second_order=False, seed=draw))


def _problem(ranges: Sequence[Range]) -> dict[str, Any]:
    return {"num_vars": len(ranges), "names": [each.key for each in ranges], "bounds": [[0.0, 1.0]] * len(ranges)}


def _seed(seed: int, purpose: str) -> int:
    return int(stream_key(seed, f"sensitivity {purpose}")) >> 33 or 1  # SALib takes 0 for no seed


def _columns(ranges: Sequence[Range], samples: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {each.key: [values[each.key] for values in samples] for each in ranges}


def _told(
    config: RunConfig,
    ranges: Sequence[Range],
    design: Design,
    means: Mapping[str, float],
    found: Sequence[Mapping[str, float | None]],
) -> dict[str, Any]:
    entries = []
    for each, numbers in zip(ranges, found, strict=True):
        ends = [
            {"value": end, "kpi": means[f"{each.key}={end}"], "change": means[f"{each.key}={end}"] - means[BASE]}
            for end in each.ends
        ]
        changes = [0.0, *(end["change"] for end in ends)]
        entries.append(
            {
                "name": each.key,
                "base": each.base,
                "is_ordered": not each.choices,  # the sign of mu says nothing of choices
                "ends": ends,
                "swing": max(changes) - min(changes),
                **numbers,
            }
        )
    rank = "mu_star" if design.method == "morris" else "st"
    entries.sort(key=lambda entry: (-(entry[rank] or 0.0), -entry["swing"], entry["name"]))
    return {
        "schema": SCHEMA_VERSION,
        "scenario": config.name,
        "kpi": design.kpi,
        "unit": kpi_named(design.kpi).unit,
        "method": design.method,
        "trajectories": design.trajectories if design.method == "morris" else None,
        "samples": design.samples if design.method == "sobol" else None,
        "replications": design.replications,
        "confidence": design.confidence,
        "runs": design.runs(ranges),
        "base": means[BASE],
        "parameters": entries,
    }


def _refuse(ranges: Sequence[Range], design: Design) -> None:
    _find_library()
    power = design.samples > 0 and math.log2(design.samples).is_integer()
    rules = (
        (kpi_named(design.kpi).is_known, "kpi", design.kpi, "no run knows it yet", "`galleria list kpis` names others"),
        (design.method in METHODS, "method", design.method, f"must be one of {', '.join(METHODS)}", "method=morris"),
        (len(ranges) >= 2, "parameters", str(len(ranges)), "at least two are wanted", "name more; of one alone `galleria compare` tells"),
        (design.trajectories >= 2, "trajectories", str(design.trajectories), "a spread needs at least 2", "trajectories=10"),
        (design.samples >= 8 and power, "samples", str(design.samples), "must be a power of 2, at least 8 (Sobol's sequence)", "samples=64"),
        (design.replications >= 1, "replications", str(design.replications), "must be at least 1", "replications=1"),
        (0 < design.confidence < 1, "confidence", str(design.confidence), "must lie between 0 and 1", "confidence=0.95"),
    )  # fmt: skip
    problems = [Problem(place, value, rule, way_out) for holds, place, value, rule, way_out in rules if not holds]
    if problems:
        raise ConfigError.of(SOURCE, problems)


def _find_library() -> None:
    try:
        import SALib  # noqa: F401
    except ImportError:
        raise GalleriaError("sensitivity studies need the library SALib: pip install 'galleria[search]'") from None
