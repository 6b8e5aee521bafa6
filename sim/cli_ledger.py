"""`galleria ledger apply | check`: a programme of points tried by hand, and the ledger of a finished run checked."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.cli_output import UsageError, note, say, say_json, say_table

Act = Callable[[argparse.Namespace], int]

_EXAMPLE = """\
commands:
  galleria ledger apply PROGRAMME.yaml OPERATIONS.jsonl   apply a list of operations and print what became of each
  galleria ledger check DIR                               replay a run's journal elsewhere; exit code 1 where something differs

examples:
  galleria ledger apply my_programme.yaml my_operations.jsonl --json
  galleria ledger check outputs/2026-11-21/14-05-09

docs/reference/ledger.md tells what both files may hold."""


def add_ledger(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `ledger`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("action", choices=tuple(ACTIONS), help="what to do")
    parser.add_argument("path", metavar="PATH", type=Path, help="a programme, or the folder of a finished run")
    parser.add_argument("operations", metavar="OPERATIONS", type=Path, nargs="?", help="operations, one JSON object a line")
    parser.add_argument("--out", metavar="DIR", type=Path, help="keep transfers, accounts and lots (apply)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _ledger


COMMANDS = {"ledger": add_ledger}


def _ledger(options: argparse.Namespace) -> int:
    return ACTIONS[options.action](options)


def _apply(options: argparse.Namespace) -> int:
    if options.operations is None:
        raise UsageError("galleria ledger apply: name two files: PROGRAMME.yaml OPERATIONS.jsonl")
    from sim.errors import GalleriaError, LedgerError
    from sim.ledger.apply import Application
    from sim.ledger.operations_file import read_operations
    from sim.ledger.programme_file import read_programme

    found: list[Any] = []
    mistakes: list[GalleriaError] = []
    for read, path in ((read_programme, options.path), (read_operations, options.operations)):
        try:
            found.append(read(path))
        except GalleriaError as mistake:
            mistakes.append(mistake)
    if mistakes:
        raise LedgerError("\n".join(map(str, mistakes)), [problem for mistake in mistakes for problem in mistake.problems])
    programme, operations = found
    application = Application(programme)
    application.apply(operations)
    result = application.summary()
    if options.out is not None:
        from sim.reporting.applied import write_applied

        write_applied(options.out, application, result)
    if options.json:
        say_json(result)
    else:
        _say_applied(result)
    return 0


def _say_applied(result: dict[str, Any]) -> None:
    rows = [
        (each["id"], each["op"], each["status"], each["code"], " ".join(map(str, each["transfers"])),
         ", ".join(f"{name} {balance}" for name, balance in each["balances"].items()))
        for each in result["results"]
    ]  # fmt: skip
    say_table(rows, ("id", "op", "status", "code", "transfers", "balances"))
    say()
    accounts = [(each["name"], each["currency"], each["balance"]) for each in result["accounts"] if each["balance"] != "0.00"]
    say_table(accounts, ("account", "kept in", "balance"), right=True)
    say(f"journal: {result['ledger']['transfers']} transfers, SHA-256 {result['ledger']['journal_sha256']}")
    refused = sum(each["status"] == "refused" for each in result["results"])
    if refused:
        note(f"{refused} of {len(result['results'])} operations were refused")


def _check(options: argparse.Namespace) -> int:
    if options.operations is not None or options.out is not None:
        raise UsageError("galleria ledger check: takes one folder and no more")
    from sim.reporting.ledger_check import check_ledger

    found = check_ledger(options.path)
    if options.json:
        say_json(dataclasses.asdict(found))
    else:
        rows = [
            (word, each)
            for word, list_ in (("agrees", found.agrees), ("DIFFERS", found.differs), ("not there", found.skipped))
            for each in list_
        ]
        say_table(rows, ("", "what"))
        say()
        few = {name: balance for name, balance in found.balances.items() if not name.startswith(("member:", "gifts:"))}
        say_table([(name, balance) for name, balance in few.items() if balance], ("account", "balance"), right=True)
        members = [balance for name, balance in found.balances.items() if name.startswith("member:")]
        say(f"{len(members):,} members hold {sum(members):,} centi-points")
        say(f"journal: {found.transfers:,} transfers, SHA-256 {found.journal_sha256}")
    return 1 if found.differs else 0


ACTIONS: dict[str, Act] = {"apply": _apply, "check": _check}
