"""The front door: help, suggestions, exit codes, one message for each mistake."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import types

import pytest

from sim import cli
from sim.cli_output import safe, say_json, say_table, shown

pytestmark = pytest.mark.plain


def run(capsys, *words):
    code = cli.main(words)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_alone_it_prints_every_command(capsys):
    code, out, _ = run(capsys)

    assert code == 0
    assert all(name in out for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_help_of_every_command_has_an_example(capsys, name):
    with pytest.raises(SystemExit) as stop:
        cli.main([name, "--help"])

    assert stop.value.code == 0
    assert f"galleria {name} " in capsys.readouterr().out.split("example", 1)[1]


@pytest.mark.parametrize(
    ("words", "guess"),
    [
        (("rnu", "everyday"), "`galleria run`"),
        (("lst",), "`galleria list`"),
        (("run", "everyday", "--jsn"), "--json"),
        (("floorplan", "chek", "x"), "check"),
        (("list", "scenario"), "scenarios"),
        (("explain", "car_shar"), "population.car_share"),
        (("run", "everydy"), "'everyday'"),
        (("run",), "SCENARIO"),
        (("list",), "galleria list scenarios"),
        (("compare", "everyday"), "arms=[none,escalator_outage]"),
        (("report", "nowhere"), "galleria run"),
        (("floorplan", "generate", "x", "flors=3"), "'floors'"),
        (("floorplan", "check", "nowhere"), "available"),
    ],
)
def test_a_mistyped_command_ends_with_code_two_and_a_guess(capsys, words, guess):
    code, out, err = run(capsys, *words)

    assert code == 2
    assert guess in err
    assert "Traceback" not in err + out


def test_a_defect_is_owned_up_to_without_a_traceback_unless_asked_for(capsys, monkeypatch):
    broken = types.SimpleNamespace(COMMANDS={"run": lambda parser: lambda options: 1 // 0})
    monkeypatch.setattr(cli.importlib, "import_module", lambda name: broken)

    code, _, err = run(capsys, "run")

    assert code == 1
    assert "ZeroDivisionError" in err
    assert "Traceback" not in err
    with pytest.raises(ZeroDivisionError):
        cli.main(["run", "--debug"])


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (cli.Terminated, 143), (BrokenPipeError, 0)])
def test_stopping_has_its_own_exit_code(monkeypatch, capfd, error, code):
    def stop(_options):
        raise error

    monkeypatch.setattr(
        cli.importlib, "import_module", lambda name: types.SimpleNamespace(COMMANDS={"run": lambda parser: stop})
    )
    monkeypatch.setattr(cli.os, "dup2", lambda *_: None)

    assert cli.main(["run"]) == code


def test_an_interrupt_that_compiled_code_swallows_stops_the_command_all_the_same(monkeypatch, capsys):
    def swallow(_options):
        with contextlib.suppress(KeyboardInterrupt):  # as a callback of LLVM does
            signal.raise_signal(signal.SIGINT)
        raise RuntimeError("no compiled object yet")

    monkeypatch.setattr(
        cli.importlib, "import_module", lambda name: types.SimpleNamespace(COMMANDS={"run": lambda parser: swallow})
    )
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code, _, err = run(capsys, "run")
    finally:
        signal.signal(signal.SIGINT, before)

    assert (code, err) == (130, "Stopped.\n")


def test_a_file_that_cannot_be_written_is_the_users_to_mend(monkeypatch, capsys):
    def refuse(_options):
        raise PermissionError(13, "Permission denied", "/srv/locked")

    monkeypatch.setattr(
        cli.importlib, "import_module", lambda name: types.SimpleNamespace(COMMANDS={"run": lambda parser: refuse})
    )

    code, _, err = run(capsys, "run")

    assert code == 2
    assert (
        err == "/srv/locked: Permission denied; check that the path exists and may be read and written, or name another one\n"
    )


def test_another_package_called_agents_is_refused(tmp_path):
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("raise SystemExit('ran foreign code')\n")
    root = os.path.dirname(os.path.dirname(cli.__file__))
    program = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {root!r}]; from sim.cli import main; sys.exit(main(['list', 'scenarios']))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, timeout=60)

    assert done.returncode == 2
    assert "its package `agents` is hidden" in done.stderr
    assert "foreign code" not in done.stderr + done.stdout


def test_help_loads_none_of_the_heavy_libraries():
    program = (
        "import sys; from sim.cli import main; main(['--help']); "
        "print([name for name in ('numpy', 'numba', 'mesa', 'hydra', 'shapely', 'matplotlib', 'pyarrow') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_a_terminated_process_ends_with_143():
    program = (
        "import sys, time, types\nfrom sim import cli\n"
        "cli.COMMANDS['waits'] = ('waits', 'wait')\n"
        "def wait(options):\n    print('up', flush=True)\n    time.sleep(30)\n"
        "cli.importlib.import_module = lambda name: types.SimpleNamespace(COMMANDS={'waits': lambda parser: wait})\n"
        "sys.exit(cli.main(['waits']))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"

    started_s = time.monotonic()
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=10) == 143
    assert time.monotonic() - started_s < 5


@pytest.mark.parametrize("sign", ["\x1b[31m", "\u202e", "\x07", "\x9b", "\u200b", "\x00", "\u2066"])
def test_names_cannot_steer_the_terminal(sign, capsys):
    say_table([(f"shop{sign}name", 3)])

    assert sign[0] not in capsys.readouterr().out
    assert sign[0] not in safe(f"a{sign}b")
    assert safe("咖啡 café – 3 m²") == "咖啡 café – 3 m²"


def test_json_has_no_nan_and_reads_back(capsys):
    say_json({"a": None, "b": [1.5, "咖\x1b"]})

    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [1.5, "咖\x1b"]}
    with pytest.raises(ValueError, match="JSON"):
        say_json({"a": float("nan")})


def test_numbers_are_shown_as_a_person_reads_them():
    assert [shown(value) for value in (None, True, 41873, 412.7031, 0.25, 1234.56, "x")] == [
        "-",
        "yes",
        "41,873",
        "412.7",
        "0.25",
        "1,235",
        "x",
    ]
