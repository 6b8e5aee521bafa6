"""`galleria optimise`: a better layout or better settings, searched within a budget of runs; the gain is measured on fresh seeds."""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim import config_files, paths
from sim.cli_arms import refuse_earlier_runs
from sim.cli_output import UsageError, note, say, say_json, say_table, shown
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.config import RunConfig
from sim.errors import ConfigError
from sim.progress import Progress

Act = Callable[[argparse.Namespace], int]
WORDS = ("search", "kpi", "budget")
_EXAMPLE = """\
examples:
  galleria optimise everyday search=more_rent --out outputs/more_rent
  galleria optimise corner_day search=my_search.yaml kpi=sales_fen budget=60

SEARCH is a name from scenarios/search/ or a YAML file: what may change, and which KPI is wanted (docs/how-to/search-for-a-better-layout.md).
budget=N is the most runs to be made (150). A second call with the same --out makes only the runs that are missing.
The gain that is reported comes from days that the search has never seen."""


def add_optimise(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `optimise`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("scenario", metavar="SCENARIO", help="the scenario that is to become better")
    parser.add_argument("words", metavar="key=value", nargs="*", help="search=FILE, kpi=NAME, budget=N (150), overrides")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the search (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier search in --out")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _optimise


COMMANDS = {"optimise": add_optimise}


def _optimise(options: argparse.Namespace) -> int:
    started_s = time.perf_counter()
    use_plugins(options.plugin)
    own = {key: value for key, _, value in (word.partition("=") for word in options.words) if key in WORDS}
    overrides = [word for word in options.words if word.partition("=")[0] not in WORDS]
    budget = _budget(own.get("budget", "150"))
    path = _search_file(own.get("search", ""))
    config = config_files.compose(options.scenario, overrides)
    refuse_earlier_runs([(config.name, config)])
    refuse_unknown_policies(config)
    from sim.experiments.optimise.space import read_search

    search = read_search(path, config, own.get("kpi"))
    announce_compiling()
    from sim import api
    from sim.experiments.optimise.run import Runners, can_continue, finish, optimise
    from sim.floorplan.cache import compiled_for

    for option in search.options:
        _refuse_impossible(config, option)
    compiled = compiled_for(config)
    runner = api.runner_for([config])
    runners = Runners(dataclasses.replace(runner, name="sim.api:run_rehoused"), runner)
    goes_on = options.out is not None and not options.overwrite and can_continue(options.out)
    folder = options.out if goes_on else output_folder(options.out, options.overwrite)
    progress = Progress("optimise")
    try:
        found = optimise(config, search, compiled, folder, budget, runners, progress.count)
    except KeyboardInterrupt:
        note(f"{folder} keeps the finished runs; the same command with --out {folder} goes on.")
        raise
    finally:
        progress.close()
    words = _write_winner(folder, options.scenario, overrides, config, compiled, found)
    finish(folder, config, runner, started_s)
    if options.json:
        say_json({**found.record, "in_words": words, "folder": str(folder)})
    else:
        _say(found, words, folder)
    return 0


def _refuse_impossible(config: RunConfig, option: Any) -> None:
    """Raise ConfigError where an option cannot be made on its own."""
    from sim.experiments.optimise.space import with_layout_parts
    from sim.floorplan.cache import compiled_for

    try:
        compiled_for(dataclasses.replace(config, layout=with_layout_parts(config.layout, option.layout)))
    except ConfigError as mistake:
        raise ConfigError.of(f"option {option.name!r} of the search", mistake.problems) from None


def _write_winner(folder: Path, scenario: str, overrides: list[str], config: RunConfig, compiled: Any, found: Any) -> list[str]:
    """Write winner.yaml and the plans before and after; return what changes, in words."""
    from sim.config_yaml import read_plain
    from sim.experiments.optimise.winner import in_words, winner_yaml, with_overrides
    from sim.floorplan.cache import compiled_for
    from sim.reporting.files import write_atomically
    from sim.reporting.layout_drawing import draw_changes

    if found.winner is None:
        return []
    bundled = scenario in paths.scenario_files()
    base = {"defaults": [scenario, "_self_"]} if bundled else read_plain(config_files.scenario_path(scenario)).values
    verdict = found.record["verdict"]
    question = f"What does {config.name} gain by what `galleria optimise` found? (search: {found.record['search']['name']})"
    write_atomically(
        folder / "winner.yaml", winner_yaml(with_overrides(base, overrides), config, found.winner, found.values, question)
    )
    after = compiled_for(found.winner)
    if verdict["pairs"] and after.layout_changes != compiled.layout_changes:
        draw_changes(compiled, after, folder / "plans")
    sales = found.record["comparison"]["sales_of_tenants_fen"]
    words = in_words(compiled, found.changes, found.values, sales)
    write_atomically(folder / "winner.txt", "\n".join(words) + "\n")
    return words


def _say(found: Any, words: list[str], folder: Path) -> None:
    record, verdict = found.record, found.record["verdict"]
    say(f"{record['scenario']}: {record['runs']} runs of at most {record['budget_runs']}, search {record['search']['name']!r}")
    if found.winner is None:
        say("Nothing better than what is there was found: on the days of its last choice no arm did better.")
        return
    for line in words:
        say(f"  {line}")
    objective = record["search"]["objective"]
    say(f"\n{objective} on {verdict['pairs']} pairs of fresh days (seeds the search never saw): {verdict['verdict']}")
    rows = [("as it is", verdict["mean_as_it_is"]), ("winner", verdict["mean_of_winner"]), ("gain", verdict["gain"])]
    say_table(rows)
    say(f"95 % interval of the gain: {shown(verdict['ci_low'])} to {shown(verdict['ci_high'])}")
    say(f"The search itself promised {shown(verdict['estimate_in_search'])}: optimism {shown(verdict['optimism'])}.")
    cost = _cost(record)
    if cost:
        say(cost)
    say(f"\n{folder / 'winner.yaml'}   galleria run {folder / 'winner.yaml'}")


def _cost(record: dict[str, Any]) -> str:
    """Return what fitting out costs beside a day's gain, where the layout changes and money is gained."""
    kpis = {each["name"]: each for each in record["comparison"]["kpis"]}
    cost = kpis.get("layout_cost_fen", {}).get("difference_mean")
    gain = record["verdict"]["gain"]
    if not cost or gain <= 0 or not record["search"]["objective"].endswith("_fen"):
        return ""
    return f"Fitting out costs {cost / 100:,.0f} yuan once (layout.fit_out_yuan_per_m2), as much as {cost / gain:,.0f} such days bring."


def _search_file(name: str) -> Path:
    known = {
        path.stem: path for root in reversed(paths.roots()) for path in sorted((root / "scenarios" / "search").glob("*.yaml"))
    }
    if name in known:
        return known[name]
    if name and Path(name).expanduser().is_file():
        return Path(name).expanduser()
    if not name:
        raise UsageError(
            f"galleria optimise: say what may change: search=FILE, or one of {', '.join(known)}. See `galleria optimise --help`."
        )
    raise UsageError(f"galleria optimise: {paths.unknown_name('search', name, known, 'search', 'scenarios/search/')}")


def _budget(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise UsageError(f"galleria optimise: budget must be a whole number of runs from 1 to 1000000 (found {text!r})")
    return int(text)
