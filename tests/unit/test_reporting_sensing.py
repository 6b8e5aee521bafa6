"""What the mall could know is told with numbers and pictures, truth beside estimate, and not at all where nothing was sensed."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import HOSTILE_NAME, made_up_plan

from sim.reporting import page_sensing
from sim.reporting.report_page import PageData
from sim.reporting.sensing_pictures import LEVELS_MAX, relative_to_mean, sensing_pictures

pytestmark = pytest.mark.plain
PLAN = made_up_plan(names={0: HOSTILE_NAME})
ZONES, STORES = len(PLAN.zone_rings), len(PLAN.unit_ids)

# As `sim.sensing.judgement.Judgement.curves` gives it, in curves.json under "sensing".
SENSED = {
    "error_cdf": [{"share": share, "error_m": 8.0 * share**2} for share in (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)],
    "error_m_median_by_zone": [4.0 + zone % 3 for zone in range(ZONES - 1)] + [None],
    "error_m_median_by_store": [5.0] * (STORES - 1) + [None],
    "zone_fixes_per_m2_true": [float(zone % 5) for zone in range(ZONES)],
    "zone_fixes_per_m2_estimated": [float((zone + 1) % 5) for zone in range(ZONES - 1)] + [None],
    "zone_density_correlation": 0.87,
    "cold_area_share_of_fixes": 0.31,
    "push": [
        {"radius_m": 10.0, "precision_share": 0.5, "recall_share": 0.25},
        {"radius_m": 30.0, "precision_share": 0.8, "recall_share": None},
    ],
}
KPIS = {
    "wifi_connect_share": 0.21,
    "portal_member_share": 0.06,
    "unique_members": 1234,
    "members_new": 56,
    "sales_known_share": 0.4,
    "position_error_m_median": 4.2,
    "position_error_m_p75": 6.9,
    "floor_right_share": 0.98,
    "zone_right_share": 0.6,
    "position_coverage_share": 0.7,
    "store_attribution_share": 0.55,
    "store_attribution_precision_share": 0.66,
    "push_range_precision_share": 0.8,
    "push_range_recall_share": 0.75,
    "cold_area_share_estimated": 0.2,
}


def page_data(kpis, sensed):
    made = sensing_pictures(sensed, PLAN)
    run = {"pictures": [picture.record() for picture, _ in made]}
    return PageData(kpis, {"sensing": sensed}, run, {}, [], {picture.file: svg for picture, svg in made})


def test_every_picture_says_in_words_what_it_shows():
    made = sensing_pictures(SENSED, PLAN)

    assert [picture.file.removeprefix("figures/") for picture, _ in made] == [
        "position_error.svg",
        "push_reach.svg",
        "hot_cold_seen.svg",
        "error_by_place.svg",
    ]
    alts = {picture.file: picture.alt for picture, _ in made}
    assert "half within 2.0 m" in alts["figures/position_error.svg"]
    assert "at 10 m 50 % of those addressed stood within, 25 %" in alts["figures/push_reach.svg"]
    assert "unknown" in alts["figures/push_reach.svg"]
    for _, svg in made:
        ElementTree.fromstring(svg)
        assert re.search(r"NaN|\bnan\b", svg) is None


def test_nothing_sensed_draws_and_tells_nothing():
    nobody = {
        **SENSED,
        "error_cdf": [{"share": 0.5, "error_m": None}],
        "error_m_median_by_zone": [None] * ZONES,
        "error_m_median_by_store": [None] * STORES,
        "zone_fixes_per_m2_true": [0.0] * ZONES,
        "zone_fixes_per_m2_estimated": [0.0] * ZONES,
        "push": [{"radius_m": 10.0, "precision_share": None, "recall_share": None}],
    }

    assert sensing_pictures({}, PLAN) == sensing_pictures(nobody, PLAN) == []
    assert page_sensing.knowledge(page_data(dict.fromkeys(KPIS), {})) == ""
    assert page_sensing.knowledge(page_data({}, {})) == ""


def test_the_section_answers_whether_it_is_good_enough_for_a_push():
    text = page_sensing.knowledge(page_data(KPIS, SENSED))

    words = re.sub(r"<[^>]+>|\xa0", " ", text)
    assert "80.0 % of those it would go to truly stand there, so that one message in 5 goes to somebody elsewhere" in words
    assert "75.0 % of those who do stand there would get it" in words
    assert "half of the places were within 4.2 m of the truth and three in four within 6.9 m" in words
    assert "By positioning 20.0 % of the floor looks cold; by the true places of the same phones 31.0 % is" in words
    assert len(re.findall("<figure>", text)) == 4
    assert HOSTILE_NAME not in text


def test_what_is_not_known_is_left_out_of_the_sentences():
    some = {**dict.fromkeys(KPIS), "wifi_connect_share": 0.2, "position_error_m_median": 4.0, "position_error_m_p75": 6.0}

    text = page_sensing.knowledge(page_data(some, {}))

    assert "None" not in text
    assert "members" not in text
    assert "cold" not in text


def test_only_levels_where_phones_were_have_maps_and_at_most_eight_of_them():
    tall = made_up_plan(levels=11, units_per_level=2, zones_per_level=2)
    density = np.repeat(np.arange(11.0), 2)
    sensed = {
        "zone_fixes_per_m2_true": density.tolist(),
        "zone_fixes_per_m2_estimated": density.tolist(),
        "error_m_median_by_zone": [3.0] * 22,
        "error_m_median_by_store": [3.0] * 22,
    }

    (picture, svg), _ = sensing_pictures(sensed, tall)

    shown = re.findall(r">(Level \d+)<", svg)
    assert shown == [f"Level {level}" for level in range(11, 11 - LEVELS_MAX, -1)]
    assert "Level 1," not in picture.alt


def test_densities_relative_to_the_mean_average_to_one_over_the_floor():
    relative = relative_to_mean(PLAN, np.array(SENSED["zone_fixes_per_m2_true"]))

    area_m2 = PLAN.arrays.zone_area_m2
    assert abs((relative * area_m2).sum() / area_m2.sum() - 1.0) < 1e-12


def test_the_same_numbers_give_the_same_bytes():
    assert sensing_pictures(SENSED, PLAN) == sensing_pictures(SENSED, PLAN)
