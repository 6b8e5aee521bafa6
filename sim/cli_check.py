"""`galleria check`: does every scenario still give what its baseline says? For people and for CI."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import config_files, paths
from sim.cli_output import UsageError, note, say, say_json, say_table
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.errors import ConfigError, Problem
from sim.progress import Progress
from sim.reporting.files import write_atomically

if TYPE_CHECKING:
    from sim.experiments.baselines import Baseline
    from sim.experiments.check import Case
    from sim.experiments.engines import Runner

Act = Callable[[argparse.Namespace], int]
SIZES = ("replications", "reserve")  # words of --update
_EXAMPLE = """\
examples:
  galleria check
  galleria check corner_day
  galleria check corner_day population.free_speed_mps_mean=1.2
  galleria check all --junit check.xml --markdown check.md --github
  galleria check my_scenario population.visits_per_day=2000 --update --reason "first baseline"
  galleria check all --update --reason "parties look for the way to a store they have just chosen"

Without a name, all scenarios that have a baseline (scenarios/<name>.baseline.json) are checked. Exit code 0: nothing has moved; 1: a KPI
has moved, or a run no longer repeats. Overrides change what is run, not the baseline; with --update they are kept in it. How to read what
is printed: docs/how-to/guard-kpis-in-ci.md."""


def add_check(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `check`."""
    parser.epilog = _EXAMPLE
    parser.add_argument(
        "words", metavar="SCENARIO | key=value", nargs="*", help="scenarios (default: all with a baseline), overrides"
    )
    parser.add_argument("--update", action="store_true", help="write the baselines anew; asks for a reason")
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="why results are right as they are now; goes into CHANGELOG.md"
    )
    parser.add_argument("--strict", action="store_true", help="fail where a KPI is undecided, too")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a summary for a pull request")
    parser.add_argument("--github", action="store_true", help="print annotations for a workflow of GitHub")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the runs (default outputs/<date>/<time>)")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _check


COMMANDS = {"check": add_check}


def _check(options: argparse.Namespace) -> int:
    names = [word for word in options.words if "=" not in word]
    words = [word for word in options.words if "=" in word]
    sizes = {key: value for key, _, value in (word.partition("=") for word in words) if key in SIZES}
    overrides = [word for word in words if word.partition("=")[0] not in SIZES]
    _refuse_what_makes_no_sense(options, names, overrides, sizes)
    use_plugins(options.plugin)
    cases = _cases(names, overrides, is_update=options.update)
    refuse_unknown_policies(*(case.config for case in cases))
    announce_compiling()
    from sim import api

    runner = replace(api.runner_for([case.config for case in cases]), name="sim.api:run_printed")
    folder = _folder(options.out)
    progress = Progress("check")
    try:
        if options.update:
            return _update(cases, sizes, options, folder, runner, progress)
        from sim.experiments.check import check

        found = check(cases, folder, runner, progress.count, is_strict=options.strict)
    except KeyboardInterrupt:
        note(f"{folder} keeps the finished runs; the same command with --out {folder} goes on.")
        raise
    finally:
        progress.close()
    _write_reports(found, options)
    if options.json:
        say_json(found)
    else:
        _say(found, folder)
    return 0 if found["passed"] else 1


def _cases(names: list[str], overrides: list[str], *, is_update: bool) -> list[Case]:
    """Return the scenarios asked for with their baselines; raises ConfigError with everything that is wrong with them."""
    from sim.experiments.baselines import overrides_in, path_beside
    from sim.experiments.check import Case

    wanted = [] if names in ([], ["all"]) else list(dict.fromkeys(names))
    found = {name: path for name, path in paths.scenario_files().items() if path_beside(path).is_file()}
    if not wanted and not found:
        raise UsageError(
            "galleria check: no scenario has a baseline. Make one: galleria check SCENARIO --update --reason '...'"
        )
    cases: dict[Path, Case] = {}
    problems = []
    for name in wanted or found:
        try:
            path = config_files.scenario_path(name)
            baseline = _baseline_of(path_beside(path), is_update=is_update)
            kept = [] if is_update and overrides else overrides_in(path_beside(path))
            config = config_files.compose(name, [*kept, *overrides])
            cases[path] = Case(path.stem, path, config, tuple([*kept, *overrides]), baseline)
        except ConfigError as mistake:
            problems.append(mistake)
    if problems:
        raise ConfigError(
            "\n".join(str(each) for each in problems), [problem for each in problems for problem in each.problems]
        )
    return list(cases.values())


def _baseline_of(path: Path, *, is_update: bool) -> Baseline | None:
    """Return a baseline; None where it is to be replaced and is not there or cannot be used."""
    from sim.experiments.baselines import read_baseline

    try:
        return read_baseline(path)
    except ConfigError as mistake:
        if not is_update:
            raise
        if path.is_file():
            note(f"{mistake}\nIt is replaced, and nothing is compared with it.")
        return None


def _update(
    cases: list[Case],
    sizes: dict[str, str],
    options: argparse.Namespace,
    folder: Path,
    runner: Runner,
    progress: Progress,
) -> int:
    """Write baselines, and why in the changelog where results have changed."""
    from sim.experiments.check import REPLICATIONS, RESERVE, update
    from sim.experiments.results_change import append_to, changelog_beside, line_of

    wanted = (int(sizes.get("replications", REPLICATIONS)), int(sizes.get("reserve", RESERVE))) if sizes else None
    found = update(cases, wanted, options.reason, folder, runner, progress.count)
    changed = [record for record in found["baselines"] if record["is_changed"]]
    changelogs = dict.fromkeys(changelog_beside(Path(record["file"])) for record in changed)
    for changelog in changelogs:
        own = [record for record in changed if changelog_beside(Path(record["file"])) == changelog]
        line = line_of(options.reason, own)
        if changelog is not None:
            append_to(changelog, line)
            note(f"{changelog}: {line}")
        else:
            note(f"no CHANGELOG.md with an unreleased part beside the scenarios; for yours: {line}")
    if options.json:
        say_json(found)
        return 0
    rows = [(record["name"], _state(record), len(record["moved"]) or None, record["file"]) for record in found["baselines"]]
    say_table(rows, ("scenario", "results", "KPIs moved", "baseline"))
    return 0


def _state(record: dict[str, Any]) -> str:
    return "first baseline" if record["is_new"] else "changed" if record["is_changed"] else "as they were"


def _write_reports(found: dict[str, Any], options: argparse.Namespace) -> None:
    from sim.experiments import check_reports

    if options.junit:
        write_atomically(options.junit, check_reports.junit(found))
    if options.markdown:
        write_atomically(options.markdown, check_reports.markdown(found))
    if options.github:
        for line in check_reports.github_annotations(found):
            (note if options.json else say)(line)


def _say(found: dict[str, Any], folder: Path) -> None:
    from sim.experiments.check_reports import FAILING, SHOWN_MAX, counts_text, event_sentence, rate_sentence, row_of, sentence

    head = ("scenario", "verdict", "KPIs", "not as it was")
    say_table(
        [(each["name"], each["verdict"], counts_text(each), ", ".join(each["differs"]) or None) for each in found["scenarios"]],
        head,
    )
    for scenario in found["scenarios"]:
        moved = [each for each in scenario["kpis"] if each["verdict"] in FAILING]
        undecided = [each for each in scenario["kpis"] if each["verdict"] == "undecided"]
        if moved:
            say(
                f"\n{scenario['name']}: moved" + (f" (the first {SHOWN_MAX} of {len(moved)})" if len(moved) > SHOWN_MAX else "")
            )
            say_table(
                [row_of(each) for each in moved[:SHOWN_MAX]], ("kpi", "baseline", "now", "difference", "95 % interval", "p")
            )
        if undecided:
            say(f"\n{scenario['name']}: {len(undecided)} undecided, for instance")
            say(f"  {sentence(undecided[0])}")
        if scenario["first_difference"]:
            say(f"\n{scenario['name']}: {event_sentence(scenario)}")
    say(f"\n{'Passed' if found['passed'] else 'Failed'}. {rate_sentence(found)}")
    say(f"All KPIs: {folder / 'check.json'}")


def _folder(wanted: Path | None) -> Path:
    """Return the folder of the runs; one of an earlier check is gone on with."""
    from sim.experiments.kept_runs import RUNS_FOLDER, UNFINISHED

    known = (UNFINISHED, "check.json", "update.json")
    if wanted is not None and (wanted / RUNS_FOLDER).is_dir() and any((wanted / name).is_file() for name in known):
        return wanted
    return output_folder(wanted, False)


def _refuse_what_makes_no_sense(
    options: argparse.Namespace, names: list[str], overrides: list[str], sizes: dict[str, str]
) -> None:
    problems = []
    if options.update and not options.reason.strip():
        problems.append(
            Problem(
                "--update", "", "asks for a reason, which the changelog keeps", "--reason 'why results are right as they are'"
            )
        )
    if options.reason and not options.update:
        problems.append(Problem("--reason", options.reason, "is for --update", "add --update, or leave the reason out"))
    if options.update and overrides and (len(names) != 1 or names == ["all"]):
        problems.append(Problem("key=value", " ".join(overrides), "is kept for one scenario", "update one scenario at a time"))
    if sizes and not options.update:
        problems.append(
            Problem(" ".join(sizes), "", "is the baseline's", "leave it out, or make another baseline with --update")
        )
    for name, text in sizes.items():
        if not text.isdigit() or not 2 <= int(text) <= 1000:
            problems.append(Problem(name, text, "must be a whole number from 2 to 1000", "8 is usual"))
    if len(names) > 1 and "all" in names:
        problems.append(Problem("all", " ".join(names), "stands for all scenarios with a baseline", "name some, or all"))
    if problems:
        raise ConfigError.of("galleria check", problems)
