"""Where members live, from a file: the town's own members written down say what the town says, a sample of them nearly, and bad rows are named."""

from __future__ import annotations

import numpy as np
import pytest

from agents.member_map import DAYS_PER_YEAR, read_members
from agents.site_choice import forecasts, homes_km
from sim.api import choose_site, residents_for
from sim.config import RunConfig
from sim.config_files import compose
from sim.errors import ConfigError
from sim.random_streams import stream_key, uniforms
from sim.schema.layout import CandidateConfig
from sim.schema.membership import CompetitorConfig
from tests.engine_days import corner_mall

pytestmark = pytest.mark.plain
DRAWN = 1500


def site_config() -> RunConfig:
    config = RunConfig(seed=5, floorplan="corner_mall")
    config.population.visits_per_day = 300.0
    config.membership.competitors = [CompetitorConfig(distance_km=6.0, bearing_deg=90.0)]
    config.layout.site.candidates = [CandidateConfig("near", 0.5, 0.0, 800.0), CandidateConfig("far", 12.0, 180.0, 800.0)]
    return config


def members_of(config):
    """Return east, north and yearly visits of each of the town's members."""
    residents = residents_for(config)
    x_km, y_km = homes_km(config, residents)
    is_member = residents.is_member > 0
    return np.stack([x_km, y_km, residents.visits_per_day.astype(float) * DAYS_PER_YEAR], axis=1)[is_member]


def written(path, rows, head="x_km,y_km,visits_per_year"):
    path.write_text("\n".join([head, *(",".join(repr(float(value)) for value in row) for row in rows)]) + "\n")
    return read_members(path)


def test_the_towns_own_members_from_a_file_say_what_the_town_says(tmp_path):
    config = site_config()
    residents = residents_for(config)
    told = forecasts(config, corner_mall(), residents, written(tmp_path / "all.csv", members_of(config)))

    for own, each in zip(forecasts(config, corner_mall(), residents), told, strict=True):
        assert (each.visits, each.cannibalised) == (own.visits, own.cannibalised)
        for name in ("members_visits", "members_cannibalised", "weighted_visits", "weighted_cannibalised"):
            assert getattr(each, name) == pytest.approx(getattr(own, name), rel=1e-9)


def test_members_drawn_from_the_town_estimate_a_site_as_its_members_do(tmp_path):
    """1,500 members drawn with replacement, weighted by distance band: a ratio of sums, whose standard error comes from the sample itself, taken
    without what the bands spare. 4.4 of them are false once in 100,000 samples; four values of one sample are looked at."""
    config = site_config()
    residents, members = residents_for(config), members_of(config)
    drawn = members[(uniforms(stream_key(17, "members of a test"), np.arange(DRAWN), 0) * members.shape[0]).astype(int)]
    own = forecasts(config, corner_mall(), residents)
    told = forecasts(config, corner_mall(), residents, written(tmp_path / "drawn.csv", drawn))
    alone = [
        forecasts(config, corner_mall(), residents, written(tmp_path / "one.csv", drawn[at : at + 1])) for at in range(200)
    ]

    for site in range(2):
        for name in ("weighted_visits", "weighted_cannibalised"):
            whole = getattr(own[site], name)
            single = np.array(
                [getattr(each[site], name) for each in alone]
            )  # what each would say of a site if all were like it
            visits = drawn[:200, 2] / drawn[:200, 2].mean()
            error = float(np.std(visits * (single - whole))) / np.sqrt(DRAWN)
            assert abs(getattr(told[site], name) - whole) < 4.4 * error
            assert error < 0.1 * whole


def test_counts_by_cell_and_bearings_say_the_same_as_single_members(tmp_path):
    config = site_config()
    residents = residents_for(config)
    cells = np.array([[1.0, 2.0], [-3.0, 0.5]])
    single = written(tmp_path / "single.csv", cells[[0, 0, 0, 1]], "x_km,y_km")
    counted = written(tmp_path / "counted.csv", [[1.0, 2.0, 3.0], [-3.0, 0.5, 1.0]], "x_km,y_km,members")
    polar = [
        [np.hypot(*cell), np.degrees(np.arctan2(cell[0], cell[1])), count]
        for cell, count in zip(cells, (3.0, 1.0), strict=True)
    ]
    turned = written(tmp_path / "turned.csv", polar, "distance_km,bearing_deg,members")

    first, second, third = (forecasts(config, corner_mall(), residents, each) for each in (single, counted, turned))
    for one, other, another in zip(first, second, third, strict=True):
        assert other.weighted_visits == pytest.approx(one.weighted_visits)
        assert another.weighted_visits == pytest.approx(one.weighted_visits)
        assert other.members_net == pytest.approx(one.members_net)


def test_all_bad_rows_are_named_in_one_message(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("x_km,y_km,members,visits_per_year\n1,two,5,\n-3000,0.5,20,1\n8,1,-5,99999\n")
    with pytest.raises(ConfigError) as told:
        read_members(path)
    places = [problem.place for problem in told.value.problems]
    assert places == ["line 2, y_km", "line 3, x_km", "line 4, members", "line 4, visits_per_year"]
    path.write_text("east,y_km\n1,2\n")
    with pytest.raises(ConfigError, match="column x_km"):
        read_members(path)
    path.write_text("x_km,y_km,members\n1,2,0\n")
    with pytest.raises(ConfigError, match="there must be a member"):
        read_members(path)
    path.write_text("x_km,y_km\n" + "a,1\n" * 15)
    with pytest.raises(ConfigError, match="5 more"):
        read_members(path)


def test_a_file_is_looked_for_beside_the_scenario_that_names_it_and_on_the_command_line_where_one_is(tmp_path, monkeypatch):
    folder = tmp_path / "questions"
    folder.mkdir()
    (folder / "members.csv").write_text("x_km,y_km\n1,2\n")
    (folder / "site.yaml").write_text(
        "# @package _global_\nfloorplan: corner_mall\npopulation: {visits_per_day: 100}\n"
        "layout:\n  site:\n    members_file: members.csv\n    candidates:\n      - {name: a, distance_km: 2}\n"
    )
    config = compose(str(folder / "site.yaml"))
    assert config.layout.site.members_file == str(folder / "members.csv")
    assert choose_site(config)[0].members_visits > 0
    monkeypatch.chdir(tmp_path)
    given = compose(str(folder / "site.yaml"), ["layout.site.members_file=other.csv"])
    assert given.layout.site.members_file == str(tmp_path / "other.csv")
    with pytest.raises(ConfigError, match="No such file"):
        choose_site(given)
