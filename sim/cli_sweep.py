"""`galleria sweep`: many runs of scenarios over values of their keys, on this machine or a cluster, into one folder that can be queried."""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli_output import UsageError, note, say, say_json, say_table
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import START_S, announce_compiling, estimate, output_folder
from sim.progress import Progress

if TYPE_CHECKING:
    from sim.experiments.sweep_plan import PlannedRun, SweepPlan

Act = Callable[[argparse.Namespace], int]
SWEEP_WORDS = ("engine", "workers", "address")
RUN_S = 0.7  # to begin and to end a run on a worker that is warm
WORKERS_MAX = 4096
POINTS_SHOWN = 12
SHOWN = ("footfall_visits", "dwell_min_mean", "sales_fen", "queue_wait_s_mean")
_EXAMPLE = """\
examples:
  galleria sweep corner_day population.visits_per_day=150,200,250 'seed=range(1,11)' --out outputs/crowds
  galleria sweep --resume --out outputs/crowds
  galleria sweep 'everyday,escalator_outage' 'seed=range(1,31)' engine=ray address=head-node:6379 workers=64
  galleria sweep 'glob(wifi*)' 'population.car_share=range(0,1,0.25)' population.visits_per_day=2000

Values are written in Hydra's grammar: key=a,b  key=choice(a,b)  key=range(start,stop,step); every combination is one run, the last key
varies fastest. Each run keeps its KPIs as it ends. The same --out again makes only what is missing, whoever was killed when."""


def add_sweep(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `sweep`."""
    from sim.experiments.sweep_plan import RUNS_MAX

    parser.epilog = _EXAMPLE
    parser.add_argument(
        "scenario", metavar="SCENARIO[,SCENARIO]", nargs="?", default="", help="scenarios by name or path, or glob(name*)"
    )
    parser.add_argument(
        "words",
        metavar="key=value",
        nargs="*",
        help="overrides with one or many values; engine=local|ray (local), workers=N (all cores), address=HOST:PORT",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the sweep (default outputs/<date>/<time>)")
    parser.add_argument(
        "--resume", action="store_true", help="go on with the sweep in --out; its words need not be given again"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier sweep in --out")
    parser.add_argument(
        "--max-runs", type=int, default=RUNS_MAX, metavar="N", help=f"refuse a sweep of more runs ({RUNS_MAX:,})"
    )
    parser.add_argument("--dry-run", action="store_true", help="only list the runs, their number and the expected time")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _sweep


COMMANDS = {"sweep": add_sweep}


def _sweep(options: argparse.Namespace) -> int:
    use_plugins(options.plugin)
    words = ([options.scenario] if "=" in options.scenario else []) + options.words
    own = {key: value for key, _, value in (word.partition("=") for word in words) if key in SWEEP_WORDS}
    engine, workers = _engine_of(own), _workers_of(own)
    scenarios, overrides = _asked(
        "" if "=" in options.scenario else options.scenario,
        [word for word in words if word.partition("=")[0] not in SWEEP_WORDS],
        options,
    )
    plan = _planned(scenarios, overrides, options.max_runs)
    refuse_unknown_policies(*(run.config for run in plan.runs))
    if options.dry_run:
        return _dry_run(plan, workers, options.json)
    from sim.experiments.sweep import holds_sweep

    goes_on = options.out is not None and not options.overwrite and holds_sweep(options.out)
    folder = options.out if goes_on else output_folder(options.out, options.overwrite)
    note(_announced(plan, workers) + (f"; those that {folder} holds are not made again" if goes_on else ""))
    announce_compiling()
    from sim import api

    progress = Progress("sweep")
    try:
        found = api.sweep_of(plan, folder, engine=engine, address=own.get("address", ""), workers=workers, count=progress.count)
    except KeyboardInterrupt:
        note(f"{folder} keeps the finished runs; galleria sweep --resume --out {folder} goes on.")
        raise
    finally:
        progress.close()
    if options.json:
        say_json({"folder": folder, "table": folder / "runs.parquet", **found})
        return 0
    _say(plan, folder)
    return 0


def _asked(scenarios: str, overrides: list[str], options: argparse.Namespace) -> tuple[str, list[str]]:
    """Return the scenarios and overrides of the command, or of the sweep that is to be resumed."""
    if not options.resume:
        if not scenarios:
            raise UsageError(
                "galleria sweep: a scenario is wanted first, for instance: galleria sweep corner_day 'seed=range(1,11)'"
            )
        return scenarios, overrides
    if options.out is None or options.overwrite:
        raise UsageError("galleria sweep: --resume goes on with the sweep in --out DIR, and does not go with --overwrite")
    from sim.experiments.sweep import words_of

    kept = words_of(options.out)
    if (scenarios or overrides) and (scenarios, overrides) != kept:
        raise UsageError(
            f"galleria sweep: {options.out} holds another sweep ({' '.join([kept[0], *kept[1]])}); leave the words out to go on with it, "
            "or leave --resume out to make these runs beside its own"
        )
    return kept


def _planned(scenarios: str, overrides: list[str], runs_max: int) -> SweepPlan:
    from sim.experiments.sweep_plan import plan_of

    if runs_max < 1:
        raise UsageError(f"galleria sweep: --max-runs must be at least 1 (found {runs_max})")
    progress = Progress("compose")
    try:
        return plan_of(scenarios, overrides, runs_max, lambda done, total: progress.count(done, total, "configurations"))
    finally:
        progress.close()


def _engine_of(own: dict[str, str]) -> str:
    from sim.experiments.engines import ENGINES

    engine = own.get("engine", "local")
    if engine not in ENGINES:
        raise UsageError(f"galleria sweep: engine must be {' or '.join(ENGINES)} (found {engine!r})")
    if engine == "ray" and importlib.util.find_spec("ray") is None:
        raise UsageError(
            "galleria sweep: engine=ray needs the package ray: `pip install 'galleria[ray]'`, or leave engine=ray out"
        )
    if own.get("address") and engine != "ray":
        raise UsageError("galleria sweep: address= names a Ray cluster; add engine=ray")
    return engine


def _workers_of(own: dict[str, str]) -> int | None:
    text = own.get("workers")
    if text is not None and not (text.isascii() and text.isdigit() and 1 <= int(text) <= WORKERS_MAX):
        raise UsageError(f"galleria sweep: workers must be a whole number from 1 to {WORKERS_MAX} (found {text!r})")
    return None if text is None else int(text)


def _announced(plan: SweepPlan, workers: int | None) -> str:
    """Return how many runs there are, of what, and about how long they take."""
    seconds, number, basis = _expected_s(plan, workers)
    of = " x ".join(f"{len(values)} {key}" for key, values in plan.axes.items() if len(values) > 1) or "one scenario"
    noun = "run" if len(plan.runs) == 1 else "runs"
    return f"sweep: {len(plan.runs):,} {noun} ({of}), about {_clock(seconds)} on {number} workers ({basis})"


def _expected_s(plan: SweepPlan, workers: int | None) -> tuple[float, int, str]:
    from sim.experiments.workers import cores

    number = workers or cores()
    points = [(next(runs), 1 + sum(1 for _ in runs)) for _, runs in itertools.groupby(plan.runs, key=lambda run: run.key[0])]
    each = [(estimate(run.config), count) for run, count in points]
    total_s = math.fsum((found[1] - START_S + RUN_S) * count for found, count in each)
    return START_S + total_s / min(number, len(plan.runs)), number, each[0][0][3]


def _clock(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    return (
        f"{seconds:.0f} s"
        if seconds < 120
        else f"{minutes} min"
        if minutes < 120
        else f"{minutes // 60} h {minutes % 60:02d} min"
    )


def _dry_run(plan: SweepPlan, workers: int | None, as_json: bool) -> int:
    seconds, number, basis = _expected_s(plan, workers)
    if as_json:
        runs = [{"run": run.number, "scenario": run.scenario, "overrides": run.overrides} for run in plan.runs]
        say_json({"runs": runs, "expected": {"seconds": seconds, "workers": number, "basis": basis}})
        return 0
    say_table(
        [(run.number, run.scenario, *run.values.values()) for run in plan.runs], ("run", "scenario", *plan.runs[0].values)
    )
    say(f"\n{_announced(plan, workers)}; nothing was run")
    return 0


def _say(plan: SweepPlan, folder: Path) -> None:
    """Print the means of each point over its seeds, and how to ask for more."""
    from sim.reporting.sweep_files import read_runs

    shown = [key for key, values in plan.axes.items() if len(values) > 1 and key != "seed"]
    columns = read_runs(folder / "runs.parquet", SHOWN)
    points: dict[tuple[Any, ...], list[PlannedRun]] = {}
    for run in plan.runs:
        points.setdefault(tuple(run.scenario if key == "scenario" else run.values[key] for key in shown), []).append(run)
    rows = [
        (*values, len(runs), *(_mean([column[run.number - 1] for run in runs]) for column in columns.values()))
        for values, runs in points.items()
    ]
    say_table(rows[:POINTS_SHOWN], (*shown, "runs", *columns))
    if len(rows) > POINTS_SHOWN:
        say(f"... and {len(rows) - POINTS_SHOWN} more points")
    say(f"\nAll runs: {folder / 'runs.parquet'}; ask it with DuckDB, for instance:")
    say(f"  {query_for(folder, shown)}")


def query_for(folder: Path, shown: Sequence[str]) -> str:
    """Return a DuckDB query for the means over seeds of what varies."""
    names = [f'"{key}"' for key in shown or ["scenario"]]
    groups = ", ".join(str(place) for place in range(1, len(names) + 1))
    path = str(folder / "runs.parquet").replace("'", "''")
    kpis = "count(*) AS runs, avg(sales_fen) AS sales_fen, stddev(sales_fen) AS sales_fen_stddev"
    return f"SELECT {', '.join(names)}, {kpis} FROM '{path}' GROUP BY {groups} ORDER BY {groups}"


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None
