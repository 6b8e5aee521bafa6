"""Finds the command that was typed, runs it, and turns what went wrong into one message and an exit code."""

from __future__ import annotations

import argparse
import difflib
import errno
import importlib
import importlib.util
import logging
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from sim.cli_output import UsageError, note, say
from sim.errors import GalleriaError

# Before NumPy is imported. The last bits of a product depend on the number of threads, and its matrices here are too small to gain from two.
ALGEBRA_THREADS = "OPENBLAS_NUM_THREADS", "1"
# name -> (module, one line). Modules are imported when their command is typed, so that `galleria --help` answers at once.
COMMANDS = {
    "run": ("sim.cli_run", "run one scenario and write a report"),
    "resume": ("sim.cli_resume", "go on with a run that was saved, or fork it with other policies"),
    "compare": ("sim.cli_compare", "compare scenarios under the same draws, or two finished runs"),
    "select": ("sim.cli_select", "the best of many arms with as few runs as it takes; fronts of several KPIs"),
    "sweep": ("sim.cli_sweep", "many runs over values of their keys, on this machine or a cluster"),
    "twin-trials": ("sim.cli_twin_trials", "what a live twin is worth, on synthetic days that surprise it"),
    "check": ("sim.cli_check", "hold scenarios against their baselines, and say which KPIs have moved"),
    "sensitivity": ("sim.cli_sensitivity", "which parameters move a KPI, by Morris or Sobol, with a tornado chart"),
    "catalogue": ("sim.cli_catalogue", "hold every policy against the same days without it"),
    "calibrate": ("sim.cli_calibrate", "fit parameters to a mall's data, and say what the data cannot tell"),
    "forecast": ("sim.cli_forecast", "counts of one's own places foretold, and how good that would have been"),
    "twin": ("sim.cli_twin", "malls kept in step with a feed: forecasts, alarms, and what policies would change now"),
    "observe": ("sim.cli_observe", "a finished run as the feed of a real mall, and what a feed holds"),
    "uplift": ("sim.cli_uplift", "what a scenario's policies truly do, by twins of its days"),
    "optimise": ("sim.cli_optimise", "search a better layout or better settings, and judge the winner on fresh seeds"),
    "verify": ("sim.cli_verify", "hold the engine against reference values, with your own numbers if you like"),
    "loyalty": ("sim.cli_loyalty", "what points drive, cost and bring against a price cut"),
    "ledger": ("sim.cli_ledger", "try a programme of points, or check the ledger of a finished run"),
    "site": ("sim.cli_site", "where a new store should be, by all residents and by what members' addresses say"),
    "floorplan": ("sim.cli_floorplan", "check, import, generate or draw a floor plan"),
    "report": ("sim.cli_show", "make the report of a finished run anew"),
    "replay": ("sim.cli_replay", "watch a finished run, or two side by side, in the browser"),
    "list": ("sim.cli_show", "list scenarios, policies, kpis, parameters or floorplans"),
    "explain": ("sim.cli_show", "explain a parameter, KPI, scenario, category or event"),
    "live": ("sim.cli_live", "watch a day in the browser while it is simulated"),
    "studio": ("sim.cli_studio", "the planner's page in the browser: change a scenario, run it, compare it"),
    "init": ("sim.cli_init", "make a folder for scenarios, plans and outputs of your own"),
}
_INTERRUPTED: list[bool] = []  # holds something once Ctrl-C was pressed
EXIT_FAILED, EXIT_USER, EXIT_INTERRUPTED, EXIT_TERMINATED = 1, 2, 130, 143


class Terminated(KeyboardInterrupt):
    """Somebody asked the process to end (SIGTERM)."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of exiting, and guesses what was meant."""

    def error(self, message: str) -> NoReturn:
        """Raise the mistake with the way to the help."""
        message = message.removesuffix(", key=value").removesuffix(", DEST | key=value")
        known = [name for name in self._option_string_actions if name.startswith("--")]
        known += [str(choice) for action in self._actions for choice in action.choices or ()]
        typed = [
            word for word in re.split(r"[\s':]+", message.split("(choose")[0]) if word and word not in ("argument", "invalid")
        ]
        close = [name for word in typed for name in difflib.get_close_matches(word, known, n=1, cutoff=0.7) if name != word]
        guess = f" Did you mean {close[0]}?" if close else ""
        raise UsageError(f"{self.prog}: {message}.{guess} See `{self.prog} --help`.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words
    _end_politely_when_told()
    _tell_what_takes_long()
    os.environ.setdefault(*ALGEBRA_THREADS)
    try:
        _refuse_foreign_agents()
        return _dispatch(words)
    except KeyboardInterrupt as stop:
        note("Stopped.")
        return EXIT_TERMINATED if isinstance(stop, Terminated) else EXIT_INTERRUPTED
    except GalleriaError as mistake:
        if debug:
            raise
        note(mistake)
        return mistake.exit_code
    except BrokenPipeError:
        # The reader of a pipe (`| head`) has gone; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as trouble:
        if debug:
            raise
        note(f"{trouble.filename or 'galleria'}: {trouble.strerror or trouble}; {_way_out_of(trouble)}")
        return EXIT_USER
    except Exception as defect:
        if _INTERRUPTED:  # what C called back has swallowed the interrupt, and what it left undone has failed
            note("Stopped.")
            return EXIT_INTERRUPTED
        if debug:
            raise
        note(f"galleria has a defect: {type(defect).__name__}: {defect}")
        note("That is no mistake of yours. Run the command again with --debug and report what it prints.")
        return EXIT_FAILED


def _dispatch(words: list[str]) -> int:
    name = next((word for word in words if not word.startswith("-")), "")
    if words and words[0] in ("--version", "-V"):
        say(f"galleria {version()}")
        return 0
    if not name or words[0] in ("-h", "--help", "help"):
        say(_overview())
        return 0
    if name not in COMMANDS:
        close = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.4)
        guess = f" Did you mean `galleria {close[0]}`?" if close else ""
        raise UsageError(f"galleria: there is no command {name!r}.{guess}\n\n{_overview()}")
    module = importlib.import_module(COMMANDS[name][0])
    parser = Parser(
        prog=f"galleria {name}",
        description=COMMANDS[name][1][0].upper() + COMMANDS[name][1][1:] + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    act = module.COMMANDS[name](parser)
    words.remove(name)
    options: Any = parser.parse_intermixed_args(words)
    return int(act(options))


def version() -> str:
    """Return the version of the installed distribution."""
    from importlib import metadata

    try:
        return metadata.version("galleria")
    except metadata.PackageNotFoundError:
        return "0.1.0 (not installed)"


def _overview() -> str:
    lines = ["usage: galleria COMMAND ...   (galleria COMMAND --help tells more, with an example)", ""]
    lines += [f"  {name:<{max(map(len, COMMANDS))}} {line}" for name, (_, line) in COMMANDS.items()]
    lines += ["", "Start with: galleria run everyday"]
    return "\n".join(lines)


def _refuse_foreign_agents() -> None:
    """Stop where `import agents` would find somebody else's package of that name."""
    found = importlib.util.find_spec("agents")
    ours = Path(__file__).resolve().parent.parent / "agents" / "__init__.py"
    if found is not None and found.origin and Path(found.origin).resolve() == ours:
        return
    from importlib import metadata

    owners = [name for name in metadata.packages_distributions().get("agents", []) if name != "galleria"]
    whose = f"the distribution {', '.join(owners)}" if owners else f"{found.origin or 'a folder' if found else 'nothing'}"
    raise UsageError(
        f"galleria: its package `agents` is hidden by {whose}, so that it would run with somebody else's code. "
        "Install galleria into an environment of its own: python3 -m venv .venv && .venv/bin/pip install galleria"
    )


def _way_out_of(trouble: OSError) -> str:
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some room on the disk, or write to another one (--out, where the command has it)"
    return "check that the path exists and may be read and written, or name another one"


def _end_politely_when_told() -> None:
    def raise_terminated(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise Terminated

    def raise_interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        _INTERRUPTED.append(True)
        raise KeyboardInterrupt

    _INTERRUPTED.clear()
    try:
        signal.signal(signal.SIGTERM, raise_terminated)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, raise_interrupt)
    except ValueError:  # not the main thread: whoever runs us there keeps its own rules
        return


def _tell_what_takes_long() -> None:
    """Print what the library says of long work (`logging`, "galleria"); a second call changes nothing."""

    class Notes(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            note(record.getMessage())

    log = logging.getLogger("galleria")
    log.setLevel(logging.INFO)
    log.handlers[:] = [Notes()]
