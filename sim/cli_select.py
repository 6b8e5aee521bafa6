"""`galleria select`: the best of many arms with as few runs as it takes, or those that may be on the front of several KPIs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.cli_arms import arm_names, arms_of, config_of, count_of, refuse_earlier_runs
from sim.cli_output import UsageError, note, say, say_json, say_table, shown
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.errors import ConfigError, Problem
from sim.experiments.selection import METHODS, SOURCE, Delta, Question, is_more_better
from sim.progress import Progress

Act = Callable[[argparse.Namespace], int]
OF_ONE = ("kpi", "method", "delta", "budget", "first", "maximise")  # words of a selection by one KPI
OF_SEVERAL = ("kpis", "replications")
WORDS = ("arms", "confidence", *OF_ONE, *OF_SEVERAL)

_EXAMPLE = """\
examples:
  galleria select everyday 'arms=[none,meal_push,flash_sale,queue_display]' kpi=sales_fen delta=1% --out outputs/best
  galleria select corner_day 'arms=["services.payment_s_mean=10","services.payment_s_mean=20"]' kpi=queue_wait_s_mean delta=5
  galleria select everyday 'arms=[none,meal_push,flash_sale]' kpi=sales_fen method=ocba_crn budget=60
  galleria select everyday 'arms=[none,meal_push,flash_sale]' kpis=[sales_fen,satisfaction_mean] replications=10

Arms are named as in `galleria compare`. delta is the smallest difference worth finding, in units of the KPI or as % of the first arm's
mean; budget is in runs over all arms. Better is what `galleria list kpis` says; of a KPI that is neither, say maximise=true or =false,
and in kpis=[...] NAME:higher or NAME:lower. A second call with the same --out makes only what is missing."""


def add_select(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `select`."""
    methods = "\n".join(f"  {name:<9} {meaning}" for name, meaning in METHODS.items())
    parser.epilog = f"{_EXAMPLE}\n\nmethods:\n{methods}"
    parser.add_argument("scenario", metavar="SCENARIO", help="the scenario all arms start from")
    parser.add_argument(
        "words", metavar="key=value", nargs="*",
        help="arms=[...], kpi=NAME, method=kn, delta=1%%, confidence=0.95, budget=200, first=10; or kpis=[...], replications=N (20); overrides",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the study (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier study in --out")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _select


COMMANDS = {"select": add_select}


def _select(options: argparse.Namespace) -> int:
    use_plugins(options.plugin)
    own = {key: value for key, _, value in (word.partition("=") for word in options.words) if key in WORDS}
    overrides = [word for word in options.words if word.partition("=")[0] not in WORDS]
    if ("kpi" in own) == ("kpis" in own):
        raise UsageError(
            "galleria select: say what is to be best: kpi=NAME, or kpis=[NAME,NAME]. See `galleria select --help`."
        )
    stray = [key for key in own if key in (OF_ONE if "kpis" in own else OF_SEVERAL)]
    if stray:
        asked = "kpis=[...]" if "kpis" in own else "kpi=..."
        raise UsageError(f"galleria select: {stray[0]}=... does not go with {asked}. See `galleria select --help`.")
    question = question_of(own) if "kpi" in own else None
    goals = None if question else _goals(own["kpis"])
    confidence, replications = _confidence(own), count_of(own.get("replications", "20"))
    arms = arm_names(own["arms"]) if "arms" in own else arms_of(options.scenario, overrides)
    configs = [(arm, config_of(options.scenario, arm, overrides)) for arm in arms]
    refuse_earlier_runs(configs)
    refuse_unknown_policies(*(config for _, config in configs))
    announce_compiling()
    from sim import api
    from sim.experiments import pareto, select
    from sim.experiments.study_folder import can_go_on

    result = select.RESULT if question else pareto.RESULT
    goes_on = options.out is not None and not options.overwrite and can_go_on(options.out, result)
    folder = options.out if goes_on else output_folder(options.out, options.overwrite)
    runner = api.runner_for([config for _, config in configs])
    progress = Progress("select")
    try:
        if question:
            found = select.select(configs, folder, question, runner, progress.count)
        else:
            wanted = [pareto.Goal(kpi, is_more) for kpi, is_more in goals or ()]
            found = pareto.front(configs, folder, wanted, replications, confidence, runner, progress.count)
    except KeyboardInterrupt:
        note(f"{folder} keeps the finished runs; the same command with --out {folder} goes on.")
        raise
    finally:
        progress.close()
    if options.json:
        say_json(found)
    elif question:
        _say_selection(found, folder / result)
    else:
        _say_front(found, folder)
    return 0


def question_of(own: dict[str, str]) -> Question:
    """Return the question that was typed; raises ConfigError for all that cannot be read."""
    wrong: list[Problem] = []

    def number(key: str, default: str, kind: Callable[[str], float], noun: str = "a number") -> float:
        text = own.get(key, default)
        try:
            return kind(text)
        except ValueError:
            wrong.append(Problem(key, text, f"must be {noun}", f"{key}={default}"))
            return 1

    text = own.get("delta", "1%")
    share = text.endswith("%")
    value = number("delta", "1%", lambda typed: float(typed.rstrip("%")))
    maximise = own.get("maximise")
    if maximise not in (None, "true", "false"):
        wrong.append(Problem("maximise", str(maximise), "must be true or false", "maximise=true"))
    budget, first = int(number("budget", "200", int, "a whole number")), int(number("first", "10", int, "a whole number"))
    confidence = number("confidence", "0.95", float)
    if wrong:
        raise ConfigError.of(SOURCE, wrong)
    is_more = is_more_better(own["kpi"], None if maximise is None else maximise == "true")
    delta = Delta(value / 100 if share else value, share)
    return Question(own["kpi"], is_more, own.get("method", "kn"), delta, confidence, budget, first)


def _goals(text: str) -> list[tuple[str, bool]]:
    """Return KPIs and whether more of each is better, of "[sales_fen,push_sent:lower]"."""
    found = []
    for word in [word.strip() for word in text.strip().removeprefix("[").removesuffix("]").split(",") if word.strip()]:
        name, _, way = word.partition(":")
        if way not in ("", "higher", "lower"):
            raise UsageError(f"galleria select: kpis: after the colon stands higher or lower (found {word!r})")
        found.append((name, is_more_better(name, None if not way else way == "higher")))
    return found


def _confidence(own: dict[str, str]) -> float:
    try:
        return float(own.get("confidence", "0.95"))
    except ValueError:
        raise UsageError(f"galleria select: confidence must be a number below 1 (found {own['confidence']!r})") from None


def _say_selection(found: dict[str, Any], path: Path) -> None:
    say(f"{found['scenario']}: {found['kpi']}, {found['better']} is better; {found['runs']} runs, method {found['method']}")
    say()
    head = ("arm", "status", "replications", "mean", "sd", "less the leader's", "interval", "eliminated after")
    say_table([_row(entry) for entry in found["arms"]], head)
    say(f"\n{found['statement']}")
    for caution in found["cautions"]:
        say(f"Caution: {caution}.")
    say(f"\n{path}")


def _row(entry: dict[str, Any]) -> tuple[object, ...]:
    numbers = (entry["replications"], entry["mean"], entry["sd"], entry["difference_mean"])
    after = "-" if entry["eliminated_after"] is None else f"{entry['eliminated_after']}, by {entry['eliminated_by']}"
    return (entry["arm"], entry["status"], *numbers, _interval(entry), after)


def _interval(entry: dict[str, Any]) -> str:
    return "-" if entry["ci_low"] is None else f"{shown(entry['ci_low'])} to {shown(entry['ci_high'])}"


def _say_front(found: dict[str, Any], folder: Path) -> None:
    say(f"{found['scenario']}: {found['replications']} replications of {len(found['arms'])} arms")
    say()
    kpis = [kpi["name"] for kpi in found["kpis"]]
    rows = [
        (
            entry["arm"], entry["verdict"], ", ".join(each["arm"] for each in entry["dominated_by"][:2]) or "-",
            *(cell for kpi in entry["kpis"] for cell in (kpi["mean"], _interval(kpi))),
        )
        for entry in found["arms"]
    ]  # fmt: skip
    head = ("arm", "verdict", "by", *(cell for name in kpis for cell in (name, "less the first's")))
    say_table(rows, head)
    say(f"\n{found['statement']}")
    say(f"\n{folder / 'pareto.svg'}")
