"""`galleria sensitivity`: which parameters move a KPI, by Morris or Sobol over their ranges, with a tornado chart."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim import config_files
from sim.cli_arms import refuse_earlier_runs
from sim.cli_output import UsageError, note, say, say_json, say_table
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.errors import ConfigError, Problem
from sim.experiments.parameter_ranges import SOURCE, ranges_of
from sim.experiments.sensitivity import Design
from sim.progress import Progress

Act = Callable[[argparse.Namespace], int]
WORDS = ("parameters", "kpi", "method", "trajectories", "samples", "replications", "confidence", "within")

_EXAMPLE = """\
examples:
  galleria sensitivity corner_day parameters=[population.car_share,population.vip_share] population.visits_per_day=150..250 kpi=sales_fen
  galleria sensitivity everyday parameters=[population] within=20% kpi=satisfaction_mean method=morris trajectories=10 --out outputs/people
  galleria sensitivity corner_day parameters=[services.payment_s_mean,services.service_cv] kpi=till_wait_s_mean method=sobol samples=64

A parameter goes through its documented range (`galleria explain KEY`), through key=low..high, or with within=20% through what lies so near
to the scenario's value. A section (`population`) means all in it, `all` everything that says how the mall is. Morris takes
trajectories x (parameters + 1) runs, Sobol samples x (parameters + 2); besides, each parameter goes alone to both its ends. Every setting has the
same days (replications=1). A second call with the same --out makes only what is missing."""


def add_sensitivity(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `sensitivity`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("scenario", metavar="SCENARIO", help="the scenario whose parameters are varied")
    parser.add_argument(
        "words", metavar="key=value", nargs="*",
        help="parameters=[...], kpi=NAME, method=morris|sobol, trajectories=10, samples=64, replications=1, within=20%%, key=low..high, overrides",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the study (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier study in --out")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _sensitivity


COMMANDS = {"sensitivity": add_sensitivity}


def _sensitivity(options: argparse.Namespace) -> int:
    use_plugins(options.plugin)
    typed = [(key, value) for key, _, value in (word.partition("=") for word in options.words)]
    own = {key: value for key, value in typed if key in WORDS}
    given = {key: value for key, value in typed if key not in WORDS and ".." in value}
    overrides = [word for word, (key, _) in zip(options.words, typed, strict=True) if key not in WORDS and key not in given]
    names = [name.strip() for name in own.get("parameters", "").strip("[] ").split(",") if name.strip()]
    if "kpi" not in own or not (names or given):
        raise UsageError(
            "galleria sensitivity: say kpi=NAME and what to vary: parameters=[...] or key=low..high. See `galleria sensitivity --help`."
        )
    design, within = design_of(own)
    config = config_files.compose(options.scenario, overrides)
    ranges = ranges_of(config, names, given, within)
    refuse_earlier_runs([(options.scenario, config)])
    refuse_unknown_policies(config)
    announce_compiling()
    from sim import api
    from sim.experiments import sensitivity
    from sim.experiments.study_folder import can_go_on

    goes_on = options.out is not None and not options.overwrite and can_go_on(options.out, sensitivity.RESULT)
    folder = options.out if goes_on else output_folder(options.out, options.overwrite)
    note(f"{len(ranges)} parameters, {design.runs(ranges):,} runs")
    progress = Progress("sensitivity")
    try:
        found = sensitivity.sensitivity(config, ranges, folder, design, api.runner_for([config]), progress.count)
    except KeyboardInterrupt:
        note(f"{folder} keeps the finished runs; the same command with --out {folder} goes on.")
        raise
    finally:
        progress.close()
    if options.json:
        say_json(found)
    else:
        _say(found, folder)
    return 0


def design_of(own: dict[str, str]) -> tuple[Design, float | None]:
    """Return the design that was typed, and how far from the scenario's values it goes; raises ConfigError for what cannot be read."""
    wrong: list[Problem] = []

    def number(key: str, default: str, kind: Callable[[str], float], noun: str) -> float:
        text = own.get(key, default)
        try:
            return kind(text)
        except ValueError:
            wrong.append(Problem(key, text, f"must be {noun}", f"{key}={default}"))
            return 1

    trajectories, samples, replications = (
        int(number(key, default, int, "a whole number"))
        for key, default in (("trajectories", "10"), ("samples", "64"), ("replications", "1"))
    )
    confidence = number("confidence", "0.95", float, "a number")
    within = None if "within" not in own else number("within", "20%", _share, "a share above 0, as 20% or 0.2")
    if wrong:
        raise ConfigError.of(SOURCE, wrong)
    return Design(own["kpi"], own.get("method", "morris"), trajectories, samples, replications, confidence), within


def _share(text: str) -> float:
    share = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    if share <= 0:
        raise ValueError
    return share


def _say(found: dict[str, Any], folder: Path) -> None:
    of_morris = found["method"] == "morris"
    say(f"{found['scenario']}: {found['kpi']}, {found['unit']}; {found['runs']:,} runs, method {found['method']}")
    say()
    names = ("mu_star", "mu_star_half_width", "mu", "sigma") if of_morris else ("st", "st_half_width", "s1", "s1_half_width")
    head = (
        "parameter",
        *(("mu*", "+-", "mu", "sigma") if of_morris else ("ST", "+-", "S1", "+-")),
        "alone, from",
        "to",
        "moves it by",
    )
    rows = [
        (entry["name"], *(entry[name] for name in names), entry["ends"][0]["value"], entry["ends"][-1]["value"], entry["swing"])
        for entry in found["parameters"]
    ]
    say_table(rows, head)
    if all(entry["swing"] == 0 and not entry[names[0]] for entry in found["parameters"]):
        say("\nNothing moved: this KPI does not depend on any of these parameters over these ranges.")
    say(f"\n{folder / 'tornado.svg'}")
