"""`galleria loyalty`: what share of sales points drive, points against an equal price cut, and how a push in members echoes."""

from __future__ import annotations

import argparse
import csv
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim import config_files
from sim.cli_output import UsageError, say, say_json
from sim.cli_run import announce_compiling, output_folder
from sim.config import RunConfig
from sim.progress import Progress

Act = Callable[[argparse.Namespace], int]
MONTH_DAYS = 30
PUSH_SHARE = 0.3  # of those who are no members, in the arm that is pushed
QUESTIONS = ("incentive", "discount", "growth")

_EXAMPLE = """\
examples:
  galleria loyalty incentive everyday replications=10 population.visits_per_day=8000
  galleria loyalty discount points_vs_discount replications=6
  galleria loyalty growth points_vs_discount replications=6 days=60

incentive: sales to members with the programme less without it, over those with it.
discount:  points, and a price cut for members, each against neither: sales more for a yuan of cost.
growth:    a push in members on the first morning: visits more in each month, and members that these bring."""


def add_loyalty(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `loyalty`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("question", choices=QUESTIONS, metavar="QUESTION", help=", ".join(QUESTIONS))
    parser.add_argument("scenario", metavar="SCENARIO", help="the scenario all arms start from")
    parser.add_argument("words", metavar="key=value", nargs="*", help="replications=N (6), overrides for all arms")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the runs, which a second call completes")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _loyalty


COMMANDS = {"loyalty": add_loyalty}


def _loyalty(options: argparse.Namespace) -> int:
    own = dict(word.split("=", 1) for word in options.words if word.startswith("replications="))
    overrides = [word for word in options.words if not word.startswith("replications=")]
    replications = own.get("replications", "6")
    if not replications.isdigit() or not 1 <= int(replications) <= 10_000:
        raise UsageError(f"galleria loyalty: replications must be a whole number from 1 to 10000 (found {replications!r})")
    arms = _arms(options.question, options.scenario, overrides)
    announce_compiling()
    folder = options.out or output_folder(None, False)
    runs = _run(arms, int(replications), folder)
    found = _answer(options.question, runs, arms[0][1].days)
    if options.json:
        say_json({"question": options.question, "replications": int(replications), **dataclasses.asdict(found)})
    else:
        _say(options.question, found)
    return 0


def _arms(question: str, scenario: str, overrides: list[str]) -> list[tuple[str, RunConfig]]:
    def arm(name: str, *more: str) -> tuple[str, RunConfig]:
        return name, config_files.compose(scenario, [*overrides, *more])

    off, no_cut = "points.is_on=false", "loyalty.member_discount_share=0"
    if question == "incentive":
        return [arm("points"), arm("none", off)]
    if question == "discount":
        cut = config_files.compose(scenario, overrides)
        if cut.loyalty.member_discount_share <= 0:
            raise UsageError(
                "galleria loyalty discount: the scenario must name the price cut that points are held against "
                "(found loyalty.member_discount_share=0); add for instance loyalty.member_discount_share=0.006"
            )
        return [arm("none", off, no_cut), arm("points", no_cut), arm("discount", off)]
    base, pushed = arm("base"), arm("pushed", f"loyalty.joins_at_start_share={PUSH_SHARE}")
    if base[1].days < MONTH_DAYS:
        raise UsageError(f"galleria loyalty growth: at least {MONTH_DAYS} days are wanted (found days={base[1].days})")
    return [base, pushed]


def _run(arms: Sequence[tuple[str, RunConfig]], replications: int, folder: Path) -> dict[str, list[dict[str, Any]]]:
    from sim import api
    from sim.experiments.replicate import replicate

    runner = dataclasses.replace(api.runner_for([config for _, config in arms]), name="sim.cli_loyalty:run_by_month")
    progress = Progress("loyalty")
    numbers = range(1, replications + 1)
    try:
        found = replicate(arms, numbers, folder, runner, progress.count)
    finally:
        progress.close()
    if found.failures:
        failure = found.failures[0]
        raise UsageError(f"galleria loyalty: arm {failure.arm}, replication {failure.replication} failed: {failure.reason}")
    return {arm: [dict(found.kpis[arm, number]) for number in numbers] for arm, _ in arms}


def run_by_month(config: RunConfig, folder: Path) -> Any:
    """Run a mall, and give visits by month and the members of the first morning beside its KPIs."""
    from sim import api

    result = api.run(config, folder)
    if config.days < MONTH_DAYS:
        return result
    with (Path(folder) / "days.csv").open(encoding="utf-8", newline="") as file:
        days = list(csv.DictReader(file))
    months = {
        f"visits_month_{month + 1}": sum(
            int(day["footfall_visits"]) for day in days[month * MONTH_DAYS : (month + 1) * MONTH_DAYS]
        )
        for month in range(config.days // MONTH_DAYS)
    }
    at_start = int(days[0]["members"]) - int(days[0]["members_joined"])
    result.kpis.update({**months, "members_at_start": at_start})
    return result


def _answer(question: str, runs: dict[str, list[dict[str, Any]]], days: int) -> Any:
    from sim.experiments import loyalty

    if question == "incentive":
        return loyalty.incentive_driven(runs["points"], runs["none"])
    if question == "discount":
        return loyalty.equal_cost(runs["none"], runs["points"], runs["discount"])
    return loyalty.loop_gain(runs["base"], runs["pushed"], days // MONTH_DAYS)


def _say(question: str, found: Any) -> None:
    if question == "incentive":
        say(f"driven by points, of sales to members: {found.says()}; reference 0.0174, range 0.005 to 0.05")
    elif question == "discount":
        say(
            f"cost: points {found.cost_points_fen / 100:,.0f} yuan, price cut {found.cost_discount_fen / 100:,.0f} yuan, ratio {found.costs.says()}"
        )
        say(
            f"more sales at list prices: points {found.gain_points_fen / 100:,.0f} yuan, price cut {found.gain_discount_fen / 100:,.0f} yuan"
        )
        say(f"for a yuan of cost: points {found.per_yuan_points.says()}, price cut {found.per_yuan_discount.says()}")
        say(f"points less price cut: {found.points_less_discount.says()}: {found.verdict}")
    else:
        say(f"members pushed: {found.pushed:,.0f}; joins per visit {found.joins_per_visit.says()}")
        for month, (visits, gain) in enumerate(zip(found.visits_per_member, found.gain, strict=True), 1):
            say(f"month {month}: visits more for each {visits.says()}; members that these bring {gain.says()}")
        say(found.verdict)
