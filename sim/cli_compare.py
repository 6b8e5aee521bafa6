"""`galleria compare`: the same days with and without a difference, under common random numbers; or two finished runs."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.cli_arms import arm_names, arms_of, config_of, count_of, refuse_earlier_runs
from sim.cli_compare_runs import are_folders, compare_folders, say_why
from sim.cli_output import note, say, say_json, say_table, shown
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.live_lines import LiveLines
from sim.progress import Progress

Act = Callable[[argparse.Namespace], int]
COMPARE_WORDS = ("arms", "replications", "why")
PRECISION_WORDS = ("until", "max_replications")
EFFECTS_SHOWN = 12
HEAD = ("kpi", "arm", "baseline", "arm's", "difference", "95 % interval", "p", "verdict")

_EXAMPLE = """\
examples:
  galleria compare everyday arms=[none,escalator_outage] replications=5
  galleria compare wifi_portal replications=5
  galleria compare corner_day 'arms=[none,"population.visits_per_day=250"]' replications=20 seed=3
  galleria compare corner_day 'arms=[none,"services.payment_s_mean=40"]' 'until=sales_fen<=2%' max_replications=100
  galleria compare corner_day 'arms=[none,"services.payment_s_mean=60"]' replications=5 why=sales_fen
  galleria compare outputs/2026-11-21/14-05-09 outputs/2026-11-21/14-07-30 why=till_wait_s_mean

An arm is a scenario, a policy, or overrides in quotes; the first is the baseline, and `none` is SCENARIO without policies.
Without arms=[...] the arms are those that the scenario names under `arms`.
Every replication gives all arms the same shoppers, tastes and arrivals.
until=KPI<=SHARE% (of the baseline's mean) or until=KPI<=NUMBER (in the KPI's unit), several parted by commas, goes on after the first
`replications` until the half-widths of the 95 % intervals are that small, or max_replications are made.
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
        help="arms=[...] (default: the scenario's own), replications=N (20), why=KPI, until=KPI<=SHARE%%, max_replications=N (200), overrides for all arms; or a second folder",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the comparison (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier comparison in --out")
    add_plugin_option(parser)
    parser.add_argument("--live", action="store_true", help="tell progress as it goes and the result, a line of JSON each")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _compare


COMMANDS = {"compare": add_compare}


def _compare(options: argparse.Namespace) -> int:
    if are_folders(options.scenario, options.words):
        return compare_folders(options)
    from sim.experiments.precision import targets_of

    use_plugins(options.plugin)
    own_words = (*COMPARE_WORDS, *PRECISION_WORDS)
    own = {key: value for key, _, value in (word.partition("=") for word in options.words) if key in own_words}
    overrides = [word for word in options.words if word.partition("=")[0] not in own_words]
    until, most = own.get("until", ""), count_of(own.get("max_replications", "200"), "max_replications")
    targets_of(until)  # a mistake in it is told before anything is compiled
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
    live = LiveLines(sys.stdout) if options.live else None
    progress = live or Progress("compare")
    try:
        found = api.compare(
            configs, folder, replications, progress.count, until=until, max_replications=most, command=_as_typed(options),
            why=own.get("why", ""),
        )  # fmt: skip
    except KeyboardInterrupt:
        note(f"{folder} keeps the finished runs; the same command with --out {folder} goes on.")
        raise
    finally:
        progress.close()
    if live is not None:
        from sim.reporting.comparison_summary import summary_of

        told = {name: found[name] for name in ("scenario", "baseline", "replications", "confidence", "kpis")}
        live.done(folder, {}, told | {"summary": summary_of(found)})
        return 0
    if options.json:
        say_json(found)
        return 0
    say(f"{found['scenario']}: {found['replications']} replications, each arm against {found['baseline']!r}")
    say()
    say_table([_row(entry) for entry in found["kpis"]], HEAD)
    say(f"\n{found['false_alarms']['words']}.")
    for each in found["common_draws"]:
        say(f"Common draws: {each['words']}.")
    _say_precision(found.get("precision"))
    _say_effects(found["effects"])
    _say_benefits(found["benefits"])
    _say_losers(found["losers"])
    for each in found.get("why", ()):
        say(f"\nWhat {each['arm']!r} does to {each['kpi']}, on the day of replication 1 (seed {each['seed']}):")
        say_why(each)
    say(f"\nThe page: {folder / 'comparison.html'}")
    return 0


def _say_precision(precision: dict[str, Any] | None) -> None:
    """Say which of the wanted half-widths are reached, and how many replications the others are thought to take."""
    if precision is None:
        return
    say(f"\nHalf-widths wanted (first stage {precision['first_stage']} replications):")
    rows = [
        (
            each["name"],
            each["arm"],
            each["half_width_wanted"],
            each["half_width"],
            each["replications_needed"],
            each["is_reached"],
        )
        for each in precision["targets"]
    ]
    say_table(rows, ("kpi", "arm", "wanted", "reached", "replications it takes", "is reached"))


def _say_effects(effects: list[dict[str, Any]]) -> None:
    """Show the surest differences by hour, level, tenant and segment."""
    sure = [each for each in effects if each["verdict"] in ("higher", "lower")]
    if not sure:
        return
    say(f"\nWhere: {len(sure)} of {len(effects)} parts surely differ (all in comparison.json); the surest:")
    surest = sorted(sure, key=lambda each: each["p_adjusted"])[:EFFECTS_SHOWN]
    say_table([_row({**each, "name": f"{each['kind']}: {each['name']}"}) for each in surest], ("part", *HEAD[1:]))


def _as_typed(options: argparse.Namespace) -> str:
    """Return the command that makes the comparison again; its folder is left out, since it may be any."""
    plugins = [word for path in options.plugin or () for word in ("--plugin", str(path))]
    return shlex.join(["galleria", "compare", options.scenario, *options.words, *plugins])


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
        each["arm"], each["kind"], each["parts"], each["better"], each["worse"], f"{100 * each['down_share']:.0f} %",
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
