"""`galleria calibrate`: parameters fitted to what a mall's sensors have measured, and what those data cannot tell."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim import config_files, paths
from sim.cli_arms import refuse_earlier_runs
from sim.cli_output import UsageError, note, say, say_json, say_table
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.progress import Progress
from sim.schema.network import is_network

Act = Callable[[argparse.Namespace], int]
SOURCE = "the calibration"
ENGINE_WORDS = ("engine", "workers", "address")
NUMBERS = {"points": (512, 32, 65_536), "waves": (1, 1, 5), "check_days": (24, 4, 1_000), "days": (28, 3, 366)}
WORDS = ("data", "parameters", "within", *NUMBERS, *ENGINE_WORDS)
ENGINES = ("local", "ray")

_EXAMPLE = """\
examples:
  galleria calibrate my_mall data=counts/ --out outputs/fit
  galleria calibrate everyday data=march.parquet parameters=[demand,stay] within=50% points=1024
  galleria calibrate everyday data=march.csv parameters=[population.stay_min_mean:40:140,choice.impulse_share]
  galleria calibrate calibrate_demo --trials 30 --out outputs/twins

data is a feed of several days (as `galleria observe RUN --as-feed` writes), or a folder of feeds. Parameters are keys, key:low:high, sections,
or families: demand, shares, dwell, conversion, bills, walking, stay, patience, response; by default those that the scenario names
(calibrate:). Each is equally likely over its documented range before the data, or over what is given. points (512) is how many settings are
simulated, a day each; waves=2 looks a second time where the first has pointed. The last fifth of the days is held out. --trials tries the
method on months simulated at known settings (days=28). A second call with the same --out makes only what is missing."""


def add_calibrate(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `calibrate`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("scenario", metavar="SCENARIO", help="the scenario whose parameters are fitted")
    parser.add_argument(
        "words", metavar="key=value", nargs="*",
        help="data=FEED, parameters=[...], key=low..high, within=50%%, points=512, waves=1, check_days=24, engine=local|ray, workers=N, overrides",
    )  # fmt: skip
    parser.add_argument(
        "--trials", type=int, default=0, metavar="N", help="fit N simulated months whose settings are known instead of data"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the calibration (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier calibration in --out")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _calibrate


COMMANDS = {"calibrate": add_calibrate}


def _calibrate(options: argparse.Namespace) -> int:
    use_plugins(options.plugin)
    typed = [(key, value) for key, _, value in (word.partition("=") for word in options.words)]
    own = {key: value for key, value in typed if key in WORDS}
    given = {key: value for key, value in typed if key not in WORDS and ".." in value}
    overrides = [word for word, (key, _) in zip(options.words, typed, strict=True) if key not in WORDS and key not in given]
    if bool(own.get("data")) == bool(options.trials):
        raise UsageError(
            "galleria calibrate: say data=FEED, or --trials N to try the method on simulated months. See `galleria calibrate --help`."
        )
    numbers, within = numbers_of(own, options.trials)
    config = config_files.compose(options.scenario, overrides)
    _refuse_networks(config)
    refuse_earlier_runs([(options.scenario, config)])
    refuse_unknown_policies(config)
    announce_compiling()
    from sim.calibration.priors import priors_of
    from sim.floorplan.cache import compiled_for

    compiled = compiled_for(config)
    priors = priors_of(config, compiled, _names(own, config), given, within)
    if options.trials:
        return _try(options, config, priors, numbers, _runner(config, own))
    from sim.calibration.data import read_data

    data = read_data(Path(own["data"]).expanduser(), config, compiled)
    return _fit(options, config, overrides, priors, numbers, data, _runner(config, own))


def numbers_of(own: dict[str, str], trials: int = 0) -> tuple[dict[str, int], float | None]:
    """Return the numbers that were typed, and how far from the scenario's values priors go; raises ConfigError with all that is wrong."""
    wrong: list[Problem] = []
    found = {}
    for key, (default, low, high) in NUMBERS.items():
        text = own.get(key, str(default))
        found[key] = int(text) if text.isdigit() else 0
        if not low <= found[key] <= high:
            wrong.append(Problem(key, text, f"must be a whole number from {low} to {high:,}", f"{key}={default}"))
    if not 0 <= trials <= 10_000:
        wrong.append(Problem("--trials", str(trials), "must be from 1 to 10,000", "--trials 30"))
    within = None
    if "within" in own:
        text = own["within"]
        try:
            within = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            within = 0.0
        if not 0 < within <= 100:
            wrong.append(Problem("within", text, "must be a share above 0, as 50% or 0.5", "within=50%"))
    if own.get("engine", "local") not in ENGINES:
        wrong.append(Problem("engine", own["engine"], f"must be one of {', '.join(ENGINES)}", "engine=local"))
    workers = own.get("workers", "1")
    if not workers.isdigit() or not 1 <= int(workers) <= 4096:
        wrong.append(Problem("workers", workers, "must be a whole number from 1 to 4,096", "workers=2"))
    if wrong:
        raise ConfigError.of(SOURCE, wrong)
    return found, within


def _names(own: dict[str, str], config: RunConfig) -> list[str]:
    if "parameters" not in own:
        if not config.calibrate:
            way_out = "parameters=[population.visits_per_day:1000:5000,population.stay_min_mean], or calibrate: in the scenario"
            raise ConfigError.of(SOURCE, [Problem("parameters", "", "say what is to be fitted", way_out)])
        return list(config.calibrate)
    return [name.strip() for name in own["parameters"].strip("[] ").split(",") if name.strip()]


def _refuse_networks(config: RunConfig) -> None:
    if is_network(config.malls, config.network):
        problem = Problem("malls", str(config.malls), "one mall is calibrated at a time", "leave malls and network out")
        raise ConfigError.of(SOURCE, [problem])


def _runner(config: RunConfig, own: dict[str, str]) -> Any:
    from sim import api
    from sim.calibration.days import RUNNER

    runner = api.runner_for([config], int(own["workers"]) if "workers" in own else None)
    preload = ("sim.calibration.days", *runner.preload)
    return dataclasses.replace(
        runner, name=RUNNER, preload=preload, engine=own.get("engine", "local"), address=own.get("address", "")
    )


def _folder(options: argparse.Namespace, result: str) -> Path:
    from sim.experiments.study_folder import can_go_on

    goes_on = options.out is not None and not options.overwrite and can_go_on(options.out, result)
    return options.out if goes_on else output_folder(options.out, options.overwrite)


def _watched(folder: Path, act: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Do it with progress shown; when it is stopped, say how it goes on."""
    progress = Progress("calibrate")
    try:
        return act(lambda done, total: progress.count(done, total, "days"))
    except KeyboardInterrupt:
        note(f"{folder} keeps the finished days; the same command with --out {folder} goes on.")
        raise
    finally:
        progress.close()


def _fit(
    options: argparse.Namespace, config: RunConfig, overrides: Sequence[str], priors: Any, numbers: dict[str, int], data: Any, runner: Any
) -> int:  # fmt: skip
    from sim.calibration.calibrate import RESULT, Options, calibrate
    from sim.config_yaml import read_plain
    from sim.experiments.optimise.winner import with_overrides

    folder = _folder(options, RESULT)
    note(f"{len(priors)} parameters, {len(data.days)} days of data ({data.intake}); {numbers['points']:,} settings to simulate")
    bundled = options.scenario in paths.scenario_files()
    base = (
        {"defaults": [options.scenario, "_self_"]}
        if bundled
        else read_plain(config_files.scenario_path(options.scenario)).values
    )
    work = Options(numbers["points"], numbers["waves"], numbers["check_days"])
    found = _watched(
        folder,
        lambda count: calibrate(config, priors, data, folder, work, runner, with_overrides(dict(base), overrides), count),
    )
    if options.json:
        say_json({**found, "folder": str(folder)})
        return 0
    rows = [
        (
            each["key"],
            each["before"],
            each["after"],
            each["low"],
            each["high"],
            each["width_share"],
            "yes" if each["is_told"] else "NO",
        )
        for each in found["parameters"]
    ]
    say_table(rows, ("parameter", "before", "after", "90 % from", "to", "width", "told?"))
    held = found.get("held_out")
    if held:
        say(
            f"\nDays held out: {held['distance_before']:.2f} off before, {held['distance_after']:.2f} after, {held['by_chance']:.2f} by chance."
        )
    say(f"\n{folder / 'calibration.md'}   galleria run {folder / 'calibrated.yaml'}")
    return 0


def _try(options: argparse.Namespace, config: RunConfig, priors: Any, numbers: dict[str, int], runner: Any) -> int:
    from sim.calibration.fitting import Question
    from sim.calibration.trials import RESULT, recover

    folder = _folder(options, RESULT)
    first = datetime.date.fromisoformat(config.date)
    dates = tuple((first + datetime.timedelta(days=number)).isoformat() for number in range(numbers["days"]))
    question = Question(config, tuple(priors), dates, numbers["points"])
    note(f"{len(priors)} parameters, {options.trials} months of {len(dates)} days, {numbers['points']:,} settings to simulate")
    found = _watched(folder, lambda count: recover(question, options.trials, folder, runner, count))
    if options.json:
        say_json({**found, "folder": str(folder)})
        return 0
    say_table(
        [(each["key"], each["covered_share"], each["width_share_median"], each["told_share"]) for each in found["parameters"]],
        ("parameter", "in its 90 % interval", "median width", "told in"),
    )
    say(f"\nAll: {found['covered_share']:.1%} of {found['trials']} x {len(priors)} true values lie in their intervals.")
    say(f"{folder / RESULT}")
    return 0
