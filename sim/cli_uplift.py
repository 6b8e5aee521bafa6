"""`galleria uplift`: what a scenario's policies truly do, by twins of its days, and what an analyst would make of their log."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sim import config_files
from sim.cli_output import UsageError, say, say_json, say_table
from sim.cli_policies import add_plugin_option, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.config import RunConfig
from sim.errors import ConfigError
from sim.paths import unknown_name
from sim.progress import Progress

Act = Callable[[argparse.Namespace], int]
_OWN_WORDS = ("policy", "messages", "export")
MESSAGES = 50
UPLIFT_FILE_VERSION = 1

_EXAMPLE = """\
examples:
  galleria uplift targeted_uplift
  galleria uplift targeted_uplift messages=0 export=true --out outputs/evidence
  galleria uplift everyday policies=[random,targeted] policy=random messages=10 population.visits_per_day=8000

Lives the scenario's days, their twins without each policy, and for a sample of messages the twin without that one, all with the same
draws. What differs is the true effect. messages=N (50), policy=NAME (all), export=true writes bandit.parquet, uplift.parquet and
truth.parquet; every other word is an override."""


def add_uplift(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `uplift`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario with policies")
    parser.add_argument("words", metavar="key=value", nargs="*", help="policy=NAME, messages=N (50), export=true, overrides")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the results (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace earlier results in --out")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _uplift


COMMANDS = {"uplift": add_uplift}


def _uplift(options: argparse.Namespace) -> int:
    own = {key: value for key, _, value in (word.partition("=") for word in options.words) if key in _OWN_WORDS}
    overrides = [word for word in options.words if word.partition("=")[0] not in _OWN_WORDS]
    use_plugins(options.plugin)
    config = config_files.compose(options.scenario, overrides)
    policies, messages, is_exported = _asked(config, own)
    folder = output_folder(options.out, options.overwrite)
    announce_compiling()
    from sim import api

    progress = Progress("uplift")
    try:
        measured = api.uplift(config, messages, policies, progress.count, only=partial(_only, options.scenario, overrides))
    finally:
        progress.close()
    facts = facts_of(measured, policies or tuple(config.policies))
    facts["command"] = shlex.join(["galleria", "uplift", options.scenario, *options.words])
    facts["files"] = write(folder, measured, policies or tuple(config.policies), facts, is_exported)
    if options.json:
        say_json(facts)
    else:
        _say(facts)
        say()
        say(f"All of it: {folder / 'uplift.json'}")
    return 0


def _only(scenario: str, overrides: list[str], policies: list[str]) -> RunConfig:
    """Compose the same days with some of the policies alone, so that what measures set goes with them."""
    return config_files.compose(scenario, [*overrides, f"policies=[{','.join(policies)}]"])


def _asked(config: RunConfig, own: dict[str, str]) -> tuple[tuple[str, ...], int, bool]:
    """Return which policies are measured (none: all), how many messages, and whether the log is written."""
    if not config.policies:
        raise UsageError(
            "galleria uplift: the scenario has no policies, so there is nothing to measure; add for instance policies=[targeted]"
        )
    if "policy" in own and own["policy"] not in config.policies:
        raise ConfigError.of(
            "galleria uplift", [unknown_name("policy", own["policy"], config.policies, "active policy", "policies=[...]")]
        )
    messages = own.get("messages", str(MESSAGES))
    if not messages.isdigit() or int(messages) > 10_000:
        raise UsageError(f"galleria uplift: messages must be a whole number from 0 to 10000 (found {messages!r})")
    if own.get("export", "false") not in ("true", "false"):
        raise UsageError(f"galleria uplift: export must be true or false (found {own['export']!r})")
    return (own["policy"],) if "policy" in own else (), int(messages), own.get("export") == "true"


def facts_of(measured: Any, policies: tuple[str, ...]) -> dict[str, Any]:
    """Return what uplift.json holds."""
    from sim.experiments.uplift import SOON_US, decisions_of, spent_after

    config, real = measured.config, measured.real
    log, decided = decisions_of(real, policies)
    rows = decided.rows
    without = spent_after(measured.without, rows["day"], rows["visit"], rows["time_us"])
    true = log.outcome - without
    design = config.policy.design
    return {
        "schema": UPLIFT_FILE_VERSION,
        "scenario": config.name,
        "seed": config.seed,
        "policies": list(policies),
        "design": {**dataclasses.asdict(design), "holdout_share": config.sensing.identity.holdout_share},
        "kpis": measured.kpis(),
        "soon_us": SOON_US,
        "effects": [effect.facts(real.unit_ids) for effect in measured.effects],
        "messages": [
            {**{name: value for name, value in dataclasses.asdict(each).items() if name != "effect"}, **each.effect.facts(real.unit_ids)}
            for each in measured.messages
        ],
        "decisions": int(rows.size),
        "treated": int(log.is_treated.sum()),
        "true_effect_on_treated_fen": float(true[log.is_treated].mean()) if log.is_treated.any() else None,
        "estimates": [_estimate(each) for each in measured.estimates],
        "heard": None if measured.heard is None else {**_estimate(measured.heard), "people": measured.heard_people},
    }  # fmt: skip


def _estimate(each: Any) -> dict[str, Any]:
    low, high = each.interval
    return {
        "method": each.method, "of": each.of, "effect_fen": each.effect, "error_fen": each.error, "ci_low": low, "ci_high": high, "rows": each.rows,
    }  # fmt: skip


def write(folder: Path, measured: Any, policies: tuple[str, ...], facts: dict[str, Any], is_exported: bool) -> list[str]:
    """Write the files of the results and return their names."""
    from sim.experiments.uplift import columns_of
    from sim.promos import Channel
    from sim.reporting.files import write_json
    from sim.reporting.manifest import write_config, write_manifest
    from sim.reporting.uplift_files import write_uplift_files

    files = ["config.yaml", "kpis.json", "uplift.json"]
    write_config(folder, measured.config)
    if is_exported:
        columns = columns_of(measured, policies)
        names = {
            "policy": measured.real.policies,
            "offer": [offer.name for offer in measured.real.offers],
            "channel": [channel.name.lower() for channel in Channel],
        }
        files += write_uplift_files(
            folder, columns["bandit"], columns["uplift"], columns["truth"], columns["features"], columns["index"][""], names
        )
    write_json(folder / "kpis.json", {**measured.real.kpis, **facts["kpis"]})
    write_json(folder / "uplift.json", {**facts, "files": files})
    write_manifest(folder, _provenance(measured.config))
    return files


def _provenance(config: RunConfig) -> dict[str, Any]:
    """Return what the manifest says beside the files."""
    from sim.reporting.manifest import config_sha256, galleria_version, git_commit, package_versions

    return {
        "schema": UPLIFT_FILE_VERSION, "kind": "uplift", "version": galleria_version(), "seed": config.seed,
        "config_sha256": config_sha256(config), "git_commit": git_commit(), "packages": package_versions(),
    }  # fmt: skip


def _say(facts: dict[str, Any]) -> None:
    rows = []
    for effect in facts["effects"]:
        split = effect["split"]
        rows.append((
            effect["name"], effect["reached_visits"], *(_yuan(fen) for fen in (effect["uplift_fen"], *split.values(), effect["offers_cost_fen"], effect["net_benefit_fen"])),
        ))  # fmt: skip
    say(f"{facts['scenario']}: the same day with and without, yuan of sales")
    head = (
        "policy",
        "reached",
        "uplift",
        "soon",
        "later today",
        "elsewhere",
        "later days",
        "others",
        "offers cost",
        "mall's net",
    )
    say_table(rows, head)
    say()
    if facts["estimates"]:
        say(
            f"Effect on each of {facts['treated']:,} who were sent something: truly {_yuan(facts['true_effect_on_treated_fen'])} yuan; by the log:"
        )
        say_table(
            [(each["method"], each["of"], *(_yuan(each[name]) for name in ("effect_fen", "ci_low", "ci_high"))) for each in facts["estimates"]],
            ("estimate", "of", "yuan", "95 % from", "to"),
        )  # fmt: skip
    else:
        say("The log has nobody who might have been sent something and was not: policy.design.kind=ab would hold some back.")
    if facts["messages"]:
        own = [each["uplift_fen"] for each in facts["messages"]]
        moved = sum(fen != 0 for fen in own)
        say(
            f"{len(own)} messages withheld one by one: {moved} had changed the mall's sales, by {_yuan(sum(own) / len(own))} yuan in the mean."
        )


def _yuan(fen: float | None) -> str:
    return "-" if fen is None else f"{fen / 100:,.2f}"
