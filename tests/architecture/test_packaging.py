"""What is promised to those who install: bounds, pins without addresses, and a wheel with everything in it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
pytestmark = pytest.mark.plain


def plain(name: str) -> str:
    return re.split(r"[ ;<>=!~\[]", name, maxsplit=1)[0].lower().replace("_", "-")


def test_every_line_of_the_lock_is_a_name_and_a_version():
    assert [
        line for line in PINS if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._]+( ; [a-z_]+ [=!]= \"\w+\")?", line)
    ] == []


def test_everything_asked_for_is_pinned():
    asked = [*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)]

    assert {plain(line) for line in asked} - {plain(line) for line in PINS} == set()


def test_hydra_is_no_release_that_runs_what_a_file_names():
    asked = next(line for line in PROJECT["dependencies"] if line.startswith("hydra-core"))

    assert asked == "hydra-core>=1.3.8"


def test_the_licence_is_the_whole_text():
    text = (ROOT / "LICENSE").read_text()

    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.slow
def test_the_wheel_brings_both_packages_configuration_scenarios_and_plans(tmp_path):
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)

    names = zipfile.ZipFile(next(tmp_path.glob("galleria-*.whl"))).namelist()

    for folder in ("conf", "scenarios", "floorplans"):
        here = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {f"sim/_bundled/{name}" for name in here} <= set(names)
    assert {"sim/__main__.py", "agents/__init__.py", "sim/floorplan/data/area_distribution.csv"} <= set(names)
    assert [name for name in names if name.split("/")[0] not in ("sim", "agents") and "dist-info" not in name] == []
