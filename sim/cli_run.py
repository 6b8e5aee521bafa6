"""`galleria run`: compose a scenario, run it, print its headline KPIs and say where the report is."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import shlex
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sim import config_files, paths
from sim.cli_output import UsageError, note, say, say_json, say_table, shown
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_saving import add_checkpoint_option, add_save_option, saved_in, saving_of
from sim.config import RunConfig
from sim.live_lines import LiveLines
from sim.progress import NIGHT_US, Progress, instant_text
from sim.schema.network import is_network
from sim.units import US_PER_DAY, clock_text

HEADLINES = (
    "footfall_visits", "footfall_people", "people_inside_max", "dwell_min_mean", "stores_per_visit_mean", "conversion_share",
    "sales_fen", "mall_income_fen", "queue_wait_s_mean", "queue_wait_s_p95", "queue_abandon_share", "parking_search_s_mean", "stranded_visits",
)  # fmt: skip
SHOPPERS_PER_S = 15_000  # of a slow core; a finished run in outputs/ gives a better number
START_S = 6.0  # loading libraries, plan and kernels
BESIDES_ENGINE = 1.6  # a whole run, with log, indicators and report, takes at most so many times the engine's seconds
TELLING_VISITS = 5_000  # a smaller run says little of the pace
BYTES_PER_VISIT = {"none": 0, "visits": 550, "edges": 5_500}
BYTES_STREAMED = 90  # a visit with its transfers, in runs of several days
DAY_S = 0.4  # to open and to close one of several days
BYTES_OF_REPORT = 1_500_000
UNFINISHED = ".unfinished"  # stands in a run's folder until its manifest does; all beside it was written by that run
WRITTEN_BY_RUNS = (".parquet", ".json", ".npz", ".yaml", ".html", ".svg", ".png", ".csv", ".part")
Act = Callable[[argparse.Namespace], int]

_EXAMPLE = """\
examples:
  galleria run everyday
  galleria run everyday population.visits_per_day=20000 seed=2 --out outputs/quiet
  galleria run escalator_outage floorplan=my_mall --dry-run
  galleria run scenarios/mine.yaml operations.hours.opens=09:30
  galleria run corner_day --live
  galleria run everyday --save-at 13:00        (for `galleria resume`)

`galleria list scenarios` and `galleria list parameters` name what can be asked."""


def add_run(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `run`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("scenario", metavar="SCENARIO", help="a name from `galleria list scenarios`, or a path to a .yaml")
    parser.add_argument("overrides", metavar="key=value", nargs="*", help="differences, in Hydra's grammar")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the run (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier run in --out")
    add_save_option(parser)
    add_checkpoint_option(parser)
    add_plugin_option(parser)
    parser.add_argument("--dry-run", action="store_true", help="only print the composed configuration, expected time and disk")
    parser.add_argument(
        "--live", action="store_true", help="tell progress and where people are as it goes, a line of JSON each"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return run


def run(options: argparse.Namespace) -> int:
    """Run one scenario."""
    if options.live and options.json:
        raise UsageError("galleria run: --live and --json both say what is printed; choose one")
    use_plugins(options.plugin)
    config = config_files.compose(options.scenario, options.overrides)
    refuse_unknown_policies(config)
    if options.dry_run:
        return _dry_run(config, options)
    saving = saving_of(config, options)
    folder = options.out if _goes_on(config, options) else output_folder(options.out, options.overwrite)
    lines = LiveLines(sys.stdout, config.days) if options.live else None
    result = run_into(config, folder, shlex.join(["galleria", "run", options.scenario, *options.overrides]), lines, **saving)
    if lines is not None:
        lines.done(result.folder, result.kpis)
        return 0
    if options.json:
        say_json({"folder": result.folder, "report": result.report, "kpis": result.kpis, "manifest": result.manifest})
        return 0
    say(f"{config.name}: {config.question}" if config.question else config.name)
    say_result(result)
    return 0


def say_result(result: Any) -> None:
    """Print what a finished run has found, and where its files are."""
    say()
    say_headlines(result.kpis)
    say()
    say_targets(result.folder, result.kpis)
    say(f"All indicators: {result.folder / 'kpis.json'}")
    if result.report:
        say(f"Report:         {result.report}")
    replay = result.folder / "replay.html"
    if replay.exists():
        say(f"Replay:         {replay}")


def _goes_on(config: RunConfig, options: argparse.Namespace) -> bool:
    """Say whether the folder holds malls of the same network, which this run would complete."""
    if options.out is None or options.overwrite or not is_network(config.malls, config.network):
        return False
    from sim.network.exchange import can_continue

    return can_continue(options.out)


def run_into(config: RunConfig, folder: Path, command: str, lines: LiveLines | None = None, **more: Any) -> Any:
    """Run a configuration with a progress bar, or telling `lines`; `command` is what the manifest quotes, and `more` what else `sim.api.run` takes."""
    watching: dict[str, Any] = {} if lines is None else {"watch": lines.look}

    def live(show: Callable[[int, int, float], None], progress: Progress | LiveLines) -> Any:
        announce_compiling()
        from sim import api

        if is_network(config.malls, config.network):
            return api.run_network(config, folder, count=partial(progress.count, noun="steps of malls"), command=command)
        return api.run(config, folder, progress=show, command=command, **watching, **more)

    return watched(config, folder, live, lines)


def watched(
    config: RunConfig,
    folder: Path,
    live: Callable[[Callable[[int, int, float], None], Progress | LiveLines], Any],
    lines: LiveLines | None = None,
) -> Any:
    """Let `live` run into a folder with a progress bar, which it tells where it is; on Ctrl-C say what is left behind."""
    (folder / UNFINISHED).write_text(f"{config.name}\n", encoding="utf-8")
    progress = lines or Progress(config.name, days=config.days)
    reached_us = 0

    def show(time_us: int, people_inside: int, share_done: float) -> None:
        nonlocal reached_us
        reached_us = time_us
        progress(time_us, people_inside, share_done)

    try:
        result = live(show, progress)
        (folder / UNFINISHED).unlink(missing_ok=True)
        return result
    except KeyboardInterrupt:
        progress.close()
        if is_network(config.malls, config.network):
            note(f"{folder} keeps what is finished; the same command with --out {folder} goes on.")
            raise
        note(stopped_at(config, reached_us))
        if saved_in(folder):
            note(f"It was saved: `galleria resume {saved_in(folder)}` goes on from there.")
        elif [path.name for path in folder.iterdir()] != [UNFINISHED]:
            note(f"{folder} has no manifest.json: an unfinished run. Delete it, or replace it: --out {folder} --overwrite")
        raise
    finally:
        progress.close()
        _drop_if_empty(folder)


def stopped_at(config: RunConfig, reached_us: int) -> str:
    """Return where a run was stopped, and what of it can be read."""
    if not reached_us:
        return "Stopped before the day began."
    if config.days == 1:
        return f"Stopped at {clock_text(reached_us)[:5]} of the simulated day."
    whole_days = max(reached_us - NIGHT_US, 0) // US_PER_DAY
    there = (
        "days.csv, days.parquet, transfers.parquet and visits.parquet hold the days before" if whole_days else "no day was over"
    )
    return f"Stopped on {instant_text(reached_us, config.days)}: {there}."


def _drop_if_empty(folder: Path) -> None:
    """Delete the folder of a run that ended before it wrote anything."""
    if [path.name for path in folder.iterdir()] == [UNFINISHED]:
        (folder / UNFINISHED).unlink()
        folder.rmdir()


def announce_compiling() -> None:
    """Say why the first start takes long, and do what makes it so on all cores."""
    from sim.precompile import is_done, precompile

    if not is_done():
        note(
            "First start of this version on this machine: compiling takes some minutes on two cores, once. Ctrl-C loses nothing."
        )
        precompile()


def output_folder(wanted: Path | None, overwrite: bool) -> Path:
    """Return the folder for a run; one that holds anything is refused, or cleared of an earlier run where asked."""
    if wanted is None:
        return paths.new_output_folder()
    if wanted.exists() and not wanted.is_dir():
        raise UsageError(f"{wanted}: is a file; name a folder with --out")
    wanted.mkdir(parents=True, exist_ok=True)
    if any(wanted.iterdir()):
        earlier = any((wanted / name).exists() for name in ("manifest.json", UNFINISHED))
        if not (overwrite and earlier):
            what = "an earlier run; add --overwrite to replace it" if earlier else "files that are no run; name another folder"
            raise UsageError(f"{wanted}: holds {what}")
        _clear(wanted)
    return wanted


def _clear(folder: Path) -> None:
    """Delete an earlier run, its manifest first, so that a crash leaves no half run that looks whole; other files stay."""
    manifest = folder / "manifest.json"
    if (folder / UNFINISHED).exists():
        written = [path for path in folder.rglob("*") if path.suffix in WRITTEN_BY_RUNS]
    else:
        try:
            written = [folder / name for name in json.loads(manifest.read_text(encoding="utf-8"))["files"]]
        except (ValueError, KeyError, TypeError):
            raise UsageError(
                f"{manifest}: cannot be read, so that it is not clear what to replace; delete the folder"
            ) from None
    for path in [manifest, *written, folder / UNFINISHED]:
        inside = folder.resolve() in path.resolve().parents
        if inside and path.is_file() and not path.is_symlink():
            path.unlink()


def say_headlines(kpis: dict[str, Any]) -> None:
    """Print the KPIs a planner looks at first, in a planner's words."""
    from sim.reporting.kpi_catalogue import BY_NAME

    rows = []
    for name in HEADLINES:
        if name in kpis:
            entry = BY_NAME.get(name)
            rows.append((entry.label if entry else name, in_words(kpis[name], entry.unit if entry else "")))
    say_table(rows, right=True)


def say_targets(folder: Path, kpis: dict[str, Any]) -> None:
    """Print how the day compares with what is known; nothing of a day that is too small to tell."""
    if not (folder / "curves.json").is_file() or (kpis.get("footfall_visits") or 0) < TELLING_VISITS:
        return
    found = json.loads((folder / "curves.json").read_text(encoding="utf-8")).get("targets") or {}
    rows = [tuple(row[name] for name in ("what", "target", "simulated", "verdict", "origin")) for row in found.get("rows", ())]
    say_table(rows, ("What is known of malls", "target", "simulated", "verdict", "origin"))
    say()


def in_words(value: Any, unit: str) -> str:
    """Return a KPI's value with its unit as a person reads it."""
    if value is None:
        return "not known"
    if unit == "fen":
        return f"{value / 100:,.0f} yuan" if value >= 10_000 else f"{value / 100:,.2f} yuan"
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{shown(value)} {'' if unit in ('visits', 'people', 'count', 'index', 'ratio') else unit}".strip()


def _dry_run(config: RunConfig, options: argparse.Namespace) -> int:
    visits, seconds, megabytes, basis = _estimate_of_all(config)
    if options.json:
        expected = {"visits": visits, "seconds": seconds, "megabytes": megabytes, "basis": basis}
        say_json({"config": dataclasses.asdict(config), "expected": expected})
        return 0
    say(config_files.as_yaml(config))
    say(f"# expected: about {visits:,} visits, {seconds:.0f} s ({basis}), {megabytes:.0f} MB of disk")
    say(f"# {_plans(config)}")
    say("# nothing was run")
    return 0


def _plans(config: RunConfig) -> str:
    """Return where the floor plan is; of a network, each plan and how many malls have it."""
    from sim.network.malls import mall_alone, malls_of

    if not is_network(config.malls, config.network):
        return f"floor plan: {paths.find_floorplan(mall_alone(config).floorplan)}"
    malls = malls_of(config)
    for folder in {mall.config.floorplan for mall in malls}:
        paths.find_floorplan(folder)  # says so where there is none
    malls_with = Counter(mall.plan for mall in malls)
    return "floor plans: " + ", ".join(f"{plan} ({count} malls)" for plan, count in malls_with.items()).replace(
        "(1 malls", "(1 mall"
    )


def _estimate_of_all(config: RunConfig) -> tuple[int, float, float, str]:
    """Return what `estimate` does, of all malls of a network on all cores."""
    # They know floor plans and processes, which nothing else here needs.
    from sim.experiments.workers import cores
    from sim.network.malls import mall_alone, malls_of

    if not is_network(config.malls, config.network):
        return estimate(mall_alone(config))
    page = config.recording.report * BYTES_OF_REPORT / 1e6
    each = [estimate(mall.config) for mall in malls_of(config)]
    visits, seconds, megabytes = (sum(found[index] for found in each) for index in range(3))  # type: ignore[misc]
    return int(visits), START_S + (seconds - len(each) * START_S) / cores(), megabytes + page, each[0][3]


def estimate(config: RunConfig) -> tuple[int, float, float, str]:
    """Return expected visits, seconds and megabytes of a run, and what the seconds rest on."""
    from sim.calendar import day_of

    first = datetime.date.fromisoformat(config.date)
    days = [day_of(config, first + datetime.timedelta(days=number)) for number in range(config.days)]
    visits = round(config.population.visits_per_day * sum(day.factor for day in days))
    per_s, basis = _measured_pace()
    per_visit = BYTES_PER_VISIT[config.recording.events] + (BYTES_STREAMED if config.days > 1 else 0)
    megabytes = (visits * per_visit + config.recording.report * BYTES_OF_REPORT) / 1e6
    more_s = DAY_S * config.days if config.days > 1 else 0.0
    return visits, START_S + more_s + BESIDES_ENGINE * visits / per_s, megabytes, basis


def _measured_pace() -> tuple[float, str]:
    """Return the engine's visits per second in the newest large run in outputs/, else a careful guess."""
    manifests = sorted(Path("outputs").glob("*/*/manifest.json"), key=lambda path: path.stat().st_mtime)
    for path in reversed(manifests[-20:]):
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            if manifest["shoppers_per_s"] * manifest["engine_s"] >= TELLING_VISITS:
                return float(manifest["shoppers_per_s"]), f"at the engine's pace in {path.parent}"
        except (ValueError, KeyError, TypeError, ZeroDivisionError):
            continue
    return SHOPPERS_PER_S, "a careful guess; no finished run in outputs/ to go by"


COMMANDS = {"run": add_run}
