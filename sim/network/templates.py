"""Plans for the malls of a network: a few parametric ones, generated at first use and kept in the user's cache folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sim import paths
from sim.errors import ConfigError
from sim.floorplan.cache import cache_folder


@dataclass(frozen=True)
class Template:
    """What a template differs in from the mall that `galleria floorplan generate` makes by default."""

    seed: int
    floors: int
    tenants: int
    parking_levels: int
    parking_bays: int
    bend_deg: float
    entrances: int = 4
    area_scale: float = 1.0
    cinema: bool = True


# Six plazas and two resorts: 30,000 merchants in 140 plazas of 190 and 20 resorts of 170. Sizes are engineering judgement; one visit
# in three comes by car and stays 84 minutes, hence the bays.
TEMPLATES: Mapping[str, Template] = {
    "plaza_1": Template(11, 4, 190, 2, 3600, 30.0),
    "plaza_2": Template(12, 4, 190, 2, 3600, -25.0),
    "plaza_3": Template(13, 3, 190, 3, 3800, 0.0, entrances=5),
    "plaza_4": Template(14, 5, 190, 3, 3600, 20.0),
    "plaza_5": Template(15, 5, 190, 2, 3400, -35.0, entrances=3),
    "plaza_6": Template(16, 4, 190, 3, 3800, 10.0, area_scale=1.2),
    "resort_1": Template(21, 3, 170, 2, 4000, 40.0, area_scale=1.3),
    "resort_2": Template(22, 4, 170, 2, 4000, -15.0, area_scale=1.3),
}


def find_plan(name: str) -> Path:
    """Return the folder of a plan by name or path, a template's made where it is not there yet; raises ConfigError with what there is."""
    if name in TEMPLATES:
        return template_folder(name)
    try:
        return paths.find_floorplan(name)
    except ConfigError:
        known = [*TEMPLATES, *paths.floorplan_folders()]
        raise ConfigError.of(
            "the configuration",
            [paths.unknown_name("network.malls plan", name, known, "floor plan or template", "`galleria list floorplans`")],
        ) from None


def template_folder(name: str) -> Path:
    """Return the folder of a template's plan, generated at first use: whole or not at all."""
    template = TEMPLATES[name]
    digest = sha256(f"{template} {_sources_digest()}".encode()).hexdigest()[:16]
    folder = cache_folder().parent / "templates" / digest / name
    if folder.is_dir():
        return folder
    # Geometry takes a second to import, which a run on plans that are there does without.
    from sim.floorplan.generate import generate_plan
    from sim.floorplan.generate_parameters import GenerateParameters
    from sim.floorplan.write_galleria import write_plan

    plan = generate_plan(GenerateParameters(name=name, **vars(template)))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        write_plan(plan, Path(scratch) / name)
        try:
            os.replace(Path(scratch) / name, folder)
        except OSError:  # another process was faster
            shutil.rmtree(Path(scratch) / name, ignore_errors=True)
    return folder


def _sources_digest() -> str:
    """Return a digest of all that makes plans from parameters."""
    here = Path(__file__).resolve().parents[1] / "floorplan"
    digest = sha256()
    for source in sorted([*here.glob("generate*.py"), here / "write_galleria.py"]):
        digest.update(source.read_bytes())
    return digest.hexdigest()
