"""Plan drawings: every tenant is named inside its room or in the list, and the same plan gives the same picture."""

from __future__ import annotations

import html
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline

from sim.categories import CATEGORIES
from sim.floorplan.compile import compile_plan
from sim.floorplan.generate import generate_plan
from sim.floorplan.generate_parameters import GenerateParameters
from sim.plan_arrays import CompiledPlan
from sim.reporting.plan_drawing import draw_level_map, draw_plan
from sim.reporting.plan_labels import fit_label, text_box_pt
from sim.reporting.plan_marks import outline_of
from sim.reporting.plan_page import CATEGORY_COLOURS


@cache
def small_mall() -> CompiledPlan:
    return compile_plan(
        generate_plan(GenerateParameters(name="small_mall", floors=2, tenants=40, parking_levels=1, parking_bays=200))
    )


def test_every_tenant_is_named_on_the_picture_of_its_level(tmp_path: Path) -> None:
    compiled = small_mall()

    draw_plan(compiled, tmp_path, formats=("svg",))

    for unit, name in enumerate(compiled.tenant_names):
        level_id = compiled.level_ids[compiled.arrays.unit_level[unit]]
        text = (tmp_path / f"small_mall_{level_id}.svg").read_text(encoding="utf-8")
        words = html.unescape(" ".join(re.findall(r">([^<>]+)</t", text)))
        assert all(word in words for word in name.split()), name


def test_the_same_plan_gives_the_same_bytes_of_svg(tmp_path: Path) -> None:
    first = draw_plan(small_mall(), tmp_path / "a", formats=("svg",))
    second = draw_plan(small_mall(), tmp_path / "b", formats=("svg",))

    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert b"<dc:date>" not in first[0].read_bytes()


def test_png_and_svg_of_each_level_are_written(tmp_path: Path) -> None:
    values = {small_mall().unit_ids[0]: 1.0, small_mall().unit_ids[1]: 2.0}

    paths = draw_plan(small_mall(), tmp_path, formats=("png", "svg"), values=values)

    assert len(paths) == 2 * len(small_mall().level_ids)
    assert all(path.stat().st_size > 5000 for path in paths)


@pytest.mark.parametrize("turn_deg", [0.0, 17.0, -40.0])
def test_a_label_lies_inside_its_room(turn_deg: float) -> None:
    radians = np.radians(turn_deg)
    rotate = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    room = np.array([(0, 0), (20, 0), (20, 6), (8, 6), (8, 16), (0, 16), (0, 0)], float) @ rotate.T

    label = fit_label("Wainscot Leather Bags", room, points_per_m=5.0)

    assert label is not None
    width, height = text_box_pt(label.text, label.size_pt)
    turn = np.radians(label.turn_deg)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners = np.array([(a * width / 10, b * height / 10) for a in (-1, 1) for b in (-1, 1)]) @ axes
    assert Outline(room).contains_points(corners + (label.x_m, label.y_m), radius=1e-9).all()


def test_a_name_that_cannot_fit_gets_a_number() -> None:
    closet = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], float)

    assert fit_label("Wainscot Leather Bags", closet, points_per_m=5.0) is None


def test_a_level_map_gives_each_zone_the_colour_of_its_value() -> None:
    compiled = small_mall()
    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    values = np.arange(compiled.arrays.zone_level.size, dtype=float)
    values[-1] = np.nan
    level = compiled.level_ids.index("L1")

    scale = draw_level_map(axes, compiled, level, zone_values=values, label="people")

    zones = np.flatnonzero(compiled.arrays.zone_level == level)
    drawn = axes.collections[0].get_facecolors()
    assert np.allclose(drawn, scale.to_rgba(values[zones]))


def test_holes_stay_empty_whichever_way_their_rings_run() -> None:
    square = np.array([(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)], float)
    hole = np.array([(3, 3), (6, 3), (6, 6), (3, 6), (3, 3)], float)

    for rings in ((square, hole), (square, hole[::-1]), (square[::-1], hole)):
        vertices = outline_of(rings).vertices
        areas = [sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(part)) for part in (vertices[:5], vertices[5:])]
        assert areas[0] * areas[1] < 0


def test_every_category_has_a_colour_of_its_own() -> None:
    assert set(CATEGORY_COLOURS) == set(CATEGORIES)
    assert len(set(CATEGORY_COLOURS.values())) == len(CATEGORIES)
