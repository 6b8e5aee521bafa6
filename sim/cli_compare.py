"""`galleria compare`: the same days with and without a difference, under common random numbers; or two finished runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.cli_arms import arm_names, arms_of, config_of, count_of, refuse_earlier_runs
from sim.cli_compare_runs import are_folders, compare_folders, say_why
from sim.cli_output import note, say, say_json, say_table, shown
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.progress import Progress

Act = Callable[[argparse.Namespace], int]
COMPARE_WORDS = ("arms", "replications", "why")

_EXAMPLE = """\
examples:
  galleria compare everyday arms=[none,escalator_outage] replications=5
  galleria compare wifi_portal replications=5
  galleria compare corner_day 'arms=[none,"population.visits_per_day=250"]' replications=20 seed=3
  galleria compare corner_day 'arms=[none,"services.payment_s_mean=60"]' replications=5 why=sales_fen
  galleria compare outputs/2026-11-21/14-05-09 outputs/2026-11-21/14-07-30 why=till_wait_s_mean

An arm is a scenario, a policy, or overrides in quotes; the first is the baseline, and `none` is SCENARIO without policies.
Without arms=[...] the arms are those that the scenario names under `arms`.
Every replication gives all arms the same shoppers, tastes and arrivals.
why=KPI tells what moved it: which visits differ, what differed first for each, and what that did to the KPI."""


def add_compare(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `compare`."""
    parser.epilog = _EXAMPLE
    parser.add_argument(
        "scenario", metavar="SCENARIO", help="the scenario all arms start from, or the folder of a finished run"
    )
    parser.add_argument(
        "words",
        metavar="key=value",
        nargs="*",
        help="arms=[...] (default: the scenario's own), replications=N (20), why=KPI, overrides for all arms; or a second folder",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the comparison (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier comparison in --out")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _compare


COMMANDS = {"compare": add_compare}


def _compare(options: argparse.Namespace) -> int:
    if are_folders(options.scenario, options.words):
        return compare_folders(options)
    use_plugins(options.plugin)
    own = {key: value for key, _, value in (word.partition("=") for word in options.words) if key in COMPARE_WORDS}
    overrides = [word for word in options.words if word.partition("=")[0] not in COMPARE_WORDS]
    arms = arm_names(own["arms"]) if "arms" in own else arms_of(options.scenario, overrides)
    replications = count_of(own.get("replications", "20"))
    configs = [(arm, config_of(options.scenario, arm, overrides)) for arm in arms]
    refuse_earlier_runs(configs)
    refuse_unknown_policies(*(config for _, config in configs))
    announce_compiling()
    from sim import api
    from sim.experiments.kept_runs import can_continue

    goes_on = options.out is not None and not options.overwrite and can_continue(options.out)
    folder = options.out if goes_on else output_folder(options.out, options.overwrite)
    progress = Progress("compare")
    try:
        told = {"why": own["why"]} if "why" in own else {}
        found = api.compare(configs, folder, replications, progress.count, **told)
    except KeyboardInterrupt:
        note(f"{folder} keeps the finished runs; the same command with --out {folder} goes on.")
        raise
    finally:
        progress.close()
    if options.json:
        say_json(found)
        return 0
    say(f"{found['scenario']}: {found['replications']} replications, each arm against {found['baseline']!r}")
    say()
    head = ("kpi", "arm", "baseline", "arm's", "difference", "95 % interval", "p", "verdict")
    say_table([_row(entry) for entry in found["kpis"]], head)
    _say_benefits(found["benefits"])
    _say_losers(found["losers"])
    for each in found.get("why", ()):
        say(f"\nWhat {each['arm']!r} does to {each['kpi']}, on the day of replication 1 (seed {each['seed']}):")
        say_why(each)
    return 0


def _say_benefits(benefits: list[dict[str, Any]]) -> None:
    """Say what each arm brings its owner a day beside what it costs, where anything costs or brings something."""
    if any(each["capital_fen"] or each["net_benefit_fen_per_day"] for each in benefits):
        say("\nFor the owner, a day (income less running costs and what policies spent; fen):")
        head = ("arm", "net benefit", "95 % interval", "capital", "present value", "pay-back, years", "verdict")
        say_table([_benefit_row(each) for each in benefits], head)


def _say_losers(losers: list[dict[str, Any]]) -> None:
    """Say how many tenants and kinds of visitors are better or worse off, and who falls most."""
    if losers:
        say("\nWho is better or worse off (surely: after correction for their number):")
        head = ("arm", "of", "parts", "surely better", "surely worse", "down, luck included", "falls most", "by")
        say_table([_loser_row(each) for each in losers], head)


def _loser_row(each: dict[str, Any]) -> tuple[object, ...]:
    lowest = each["lowest"][0]
    return (
        each["arm"], each["kind"], each["parts"], each["better"], each["worse"], f"{each['down_share']:.0%}",
        lowest["name"], lowest["difference_mean"],
    )  # fmt: skip


def _benefit_row(each: dict[str, Any]) -> tuple[object, ...]:
    low, high, years = each["ci_low"], each["ci_high"], each["payback_years"]
    interval = "-" if low is None else f"{shown(low)} to {shown(high)}"
    pays_back = "never" if years is None else shown(years)
    return (
        each["arm"],
        each["net_benefit_fen_per_day"],
        interval,
        each["capital_fen"],
        each["present_value_fen"],
        pays_back,
        each["verdict"],
    )


def _row(entry: dict[str, Any]) -> tuple[object, ...]:
    low, high = entry["ci_low"], entry["ci_high"]
    interval = "-" if low is None or high is None else f"{shown(low)} to {shown(high)}"
    means = (entry["baseline_mean"], entry["arm_mean"], entry["difference_mean"])
    return (entry["name"], entry["arm"], *means, interval, entry["p_adjusted"], entry["verdict"])
