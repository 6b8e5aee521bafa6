"""`galleria studio`: the planner's page in the browser, served to this machine alone."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from sim.cli_output import UsageError, note, safe

Act = Callable[[argparse.Namespace], int]
NEEDED = ("starlette", "uvicorn")
PORT_MAX = 65_535

_EXAMPLE = """\
examples:
  galleria studio
  galleria studio --folder ~/my_mall --port 8700 --no-browser

Opens a page in which a planner looks at floor plans, moves tenants, hangs access points, switches policies on, saves a scenario, runs it
and compares it. It is served on 127.0.0.1 only, to whoever has the address that is printed. All that it does, it does by commands that
it shows: saved scenarios lie in scenarios/ of the folder, results in outputs/. Ctrl-C ends it, and the runs that it has begun."""


def add_studio(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `studio`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port to serve on (default: any that is free)")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="folder with scenarios/, floorplans/ and outputs/ (default: this one)"
    )
    parser.add_argument("--json", action="store_true", help="print address and folder as one line of JSON")
    return _studio


COMMANDS = {"studio": add_studio}


def _studio(options: argparse.Namespace) -> int:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"galleria studio needs {' and '.join(missing)}; install them: pip install 'galleria[studio]'")
    if not 0 <= options.port <= PORT_MAX:
        raise UsageError(f"galleria studio: --port must be from 1 to {PORT_MAX} (found {options.port})")
    if options.folder is not None:
        folder = options.folder.expanduser()
        if not folder.is_dir():
            raise UsageError(f"{folder}: is no folder; make one with `galleria init {folder}`")
        os.chdir(folder)
    from sim.studio.serve import serve

    with tempfile.TemporaryDirectory(prefix="galleria-studio-") as private:

        def announce(address: str) -> None:
            line = json.dumps({"address": address, "folder": str(Path.cwd())})
            print(line if options.json else f"The planner's page: {safe(address)}", flush=True)
            note("Keep the address to yourself: whoever has it can run scenarios here. Ctrl-C ends it.")
            if not options.no_browser:
                threading.Thread(target=_open, args=(address, Path(private)), daemon=True).start()

        serve(options.port, announce, note)
    return 0


def _open(address: str, private: Path) -> None:
    """Open the page by a file that only this user can read: what stands on a command line, everybody on the machine can see."""
    import webbrowser

    door = private / "studio.html"
    door.write_text(
        f'<!doctype html><meta http-equiv="refresh" content="0;url={address}"><a href="{address}">Galleria</a>', "utf-8"
    )
    if not webbrowser.open(door.as_uri()):
        note("No browser was found; open the address yourself.")
