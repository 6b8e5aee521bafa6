"""`galleria compare DIR1 DIR2`: two finished runs side by side, and why a KPI differs, told from their events."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.cli_output import UsageError, say, say_json, say_table
from sim.cli_run import in_words, output_folder

WHY = "sales_fen"  # what is told unless another KPI is asked for


def are_folders(scenario: str, words: list[str]) -> bool:
    """Say whether the words name two finished runs rather than a scenario and its arms."""
    return Path(scenario).is_dir() and any("=" not in word for word in words)


def compare_folders(options: argparse.Namespace) -> int:
    """Print the indicators of two finished runs side by side, and why one of them differs."""
    from sim.experiments.finished_pair import compare_finished, write_comparison

    started_s = time.perf_counter()
    folders = [word for word in options.words if "=" not in word]
    others = [word for word in options.words if "=" in word and word.partition("=")[0] != "why"]
    if len(folders) != 1 or others:
        more = ", ".join([*folders[1:], *others])
        raise UsageError(f"galleria compare DIR1 DIR2: takes two folders and why=KPI, nothing else (found {more})")
    wanted = [word.partition("=")[2] for word in options.words if word.startswith("why=")]
    found = compare_finished(Path(options.scenario), Path(folders[0]), wanted[-1] if wanted else WHY)
    if options.out is not None:
        write_comparison(found, output_folder(options.out, options.overwrite), started_s)
    if options.json:
        say_json(found)
        return 0
    _say_kpis(found, options.scenario, folders[0])
    say()
    for each in found["why"]:
        say_why(each)
    if found["why_not"]:
        say(found["why_not"])
    say("\nOne run each: a difference may be chance. `galleria compare SCENARIO arms=[...]` gives intervals.")
    for caution in found["cautions"][1:]:
        say(f"Mind: {caution}.")
    return 0


def _say_kpis(found: Mapping[str, Any], first: str, second: str) -> None:
    from sim.reporting.kpi_catalogue import BY_NAME

    def words(entry: Mapping[str, Any], key: str) -> str:
        return (
            "-" if entry[key] is None else in_words(entry[key], BY_NAME[entry["name"]].unit if entry["name"] in BY_NAME else "")
        )

    keys = ("baseline_mean", "arm_mean", "difference_mean")
    rows = [[entry["name"], *(words(entry, key) for key in keys)] for entry in found["kpis"]]
    names = (Path(first).name, Path(second).name)
    say_table([row for row in rows if row[1] != "-" or row[2] != "-"], ("kpi", *names, "difference"))


def say_why(why: Mapping[str, Any]) -> None:
    """Print why a KPI differs between two days of the same seed: the sums, the groups of visits, one visit step by step."""
    from sim.experiments.why_words import HEAD, ONE_PAIR, example_of, lines_of, rows_of

    for line in lines_of(why):
        say(line)
    if why["groups"]:
        say()
        say_table(rows_of(why), HEAD)
    for index, line in enumerate(example_of(why)):
        say(f"\n{line}" if index == 0 else line)
    say(f"\n{ONE_PAIR}")
