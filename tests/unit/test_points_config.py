"""Mistakes in a programme of points: one message each, all at once; and tiers by hand."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from agents.tiers import Tiers
from sim.config import RunConfig, problems_of
from sim.config_files import compose
from sim.crowd.mind import OUTCOME
from sim.crowd.points.built import points_last_us, terms_of
from sim.errors import ConfigError
from sim.schema.points import PointsCampaignConfig, PointsConfig, PointsRateConfig, TierConfig
from sim.units import US_PER_DAY
from sim.visitors import empty_visitors
from tests.engine_days import corner_mall

pytestmark = pytest.mark.plain


def places(config: PointsConfig) -> list[str]:
    return [problem.place for problem in problems_of(RunConfig(points=config))]


def test_the_usual_programme_has_no_problem():
    assert places(PointsConfig()) == []


def test_every_mistake_is_told_once_and_all_together():
    config = PointsConfig(
        yuan_per_point=-1.0,
        burn_share_max=1.5,
        burn_points_min=50.0,
        burn_points_max=10.0,
        rates=[PointsRateConfig(category="cafes"), PointsRateConfig(), PointsRateConfig(unit="a", factor=-2.0)],
        campaigns=[
            PointsCampaignConfig(first="2026-11-21", until="2026-11-21", weekdays=["sunday"]),
            PointsCampaignConfig(starts="14:00", ends="12:00", categories=["shoes"], factor=-1.0),
            PointsCampaignConfig(first="someday", starts="25:00"),
        ],
        tiers=[TierConfig(from_yuan=5000.0), TierConfig(from_yuan=100.0, bonus_points=-3.0)],
    )

    assert sorted(places(config)) == sorted(
        [
            "points.yuan_per_point", "points.burn_share_max", "points.burn_points_max",
            "points.rates[0].category", "points.rates[1]", "points.rates[2].factor",
            "points.campaigns[0].until", "points.campaigns[0].weekdays",
            "points.campaigns[1].ends", "points.campaigns[1].categories", "points.campaigns[1].factor",
            "points.campaigns[2].first", "points.campaigns[2].starts",
            "points.tiers[1].from_yuan", "points.tiers[1].bonus_points",
        ]
    )  # fmt: skip


def test_a_command_line_says_which_key_is_wrong():
    with pytest.raises(ConfigError) as raised:
        compose("corner_day", ["points.burn_share_max=1.2", "points.yuan_per_point=-5", "points.expiry=sometimes"])

    assert len(raised.value.problems) == 3


def test_units_that_the_plan_lacks_are_told_all_at_once():
    config = RunConfig()
    config.points.participation, config.points.participants = "listed", ["L1-bakery", "L9-nowhere"]
    config.points.rates = [PointsRateConfig(unit="L9-nothing")]
    config.points.campaigns = [PointsCampaignConfig(units=["L2-screen", "L9-nobody"])]

    with pytest.raises(ConfigError) as raised:
        terms_of(corner_mall(), config)
    assert [problem.value for problem in raised.value.problems] == ["'L9-nowhere'", "'L9-nothing'", "'L9-nobody'"]


@pytest.mark.parametrize(
    ("expiry", "months", "day", "ends"),
    [
        ("months", 1, "2026-10-01", "2026-12-01"), ("months", 1, "2026-10-31", "2026-12-01"),
        ("months", 12, "2026-12-15", "2028-01-01"), ("year_end", 1, "2026-01-01", "2028-01-01"),
        ("year_end", 1, "2026-12-31", "2028-01-01"),
    ],
)  # fmt: skip
def test_points_end_with_a_month_or_a_year(expiry, months, day, ends):
    date = datetime.date.fromisoformat(day)
    lasts_us = points_last_us(PointsConfig(expiry=expiry, expiry_months=months), date)

    assert date + datetime.timedelta(days=lasts_us // US_PER_DAY) == datetime.date.fromisoformat(ends)


class FourResidents:
    """As much of residents as tiers read: who never comes, and who comes on one day in a hundred, in ten, in two."""

    visits_per_day = np.array([0.0, 0.01, 0.1, 0.5])


def tiers_of(**more: float) -> tuple[RunConfig, Tiers]:
    config = RunConfig(date="2026-11-21")
    config.points.tiers = [
        TierConfig(name="silver", from_yuan=5_000.0, factor=1.5, bonus_points=10.0),
        TierConfig(name="gold", from_yuan=30_000.0, factor=2.0, bonus_points=50.0, parks_as_vip=True),
    ]
    return config, Tiers(config, FourResidents())  # type: ignore[arg-type]


def came(*residents: int):
    visitors = empty_visitors(len(residents))
    return visitors._replace(resident=np.array(residents, np.int64), is_member=np.ones(len(residents), np.int8))


def spent(resident: int, yuan: float) -> np.ndarray:
    found = np.zeros(1, OUTCOME)
    found["resident"], found["spent_fen"] = resident, 100 * yuan
    return found


def test_those_who_came_often_are_in_a_tier_from_the_first_day_and_get_no_bonus_for_it():
    _, tiers = tiers_of()
    found = tiers.described(came(0, 1, 2, 3))

    assert found.earns_milli.tolist() == [1000, 1000, 1500, 2000]
    assert found.is_vip.tolist() == [0, 0, 0, 1]
    assert found.bonus_centi.tolist() == [0, 0, 0, 0]


def test_the_bonus_of_a_tier_waits_for_a_visit_with_the_card_and_is_given_on_one_row():
    _, tiers = tiers_of()
    tiers.learn(spent(0, 31_000.0), datetime.date(2026, 11, 22))

    unseen = tiers.described(came(0)._replace(shows_card=np.zeros(1, np.int8)))
    twice = tiers.described(came(0, 0))

    assert unseen.bonus_centi.tolist() == [0]
    assert twice.bonus_centi.tolist() == [6_000, 0]
    assert tiers.described(came(0)).bonus_centi.tolist() == [0]


def test_a_tier_is_reached_by_spending_and_its_bonus_given_once():
    _, tiers = tiers_of()
    tiers.learn(spent(0, 31_000.0), datetime.date(2026, 11, 22))

    assert tiers.described(came(0)).bonus_centi.tolist() == [6_000]
    again = tiers.described(came(0))
    assert (again.bonus_centi.tolist(), again.earns_milli.tolist()) == ([0], [2000])


def test_what_was_spent_a_year_ago_no_longer_counts():
    _, tiers = tiers_of()
    tiers.learn(spent(0, 6_000.0), datetime.date(2026, 11, 22))
    tiers.learn(np.zeros(0, OUTCOME), datetime.date(2027, 10, 31))
    assert tiers.described(came(0)).earns_milli.tolist() == [1500]

    tiers.learn(np.zeros(0, OUTCOME), datetime.date(2027, 11, 1))
    assert tiers.described(came(0, 3)).earns_milli.tolist() == [1000, 1000]


def test_whoever_is_no_member_is_in_no_tier():
    _, tiers = tiers_of()
    visitors = came(3)._replace(is_member=np.zeros(1, np.int8))

    assert tiers.described(visitors).earns_milli.tolist() == [1000]


def test_a_point_cannot_bring_a_merchant_more_than_it_costs_one():
    assert places(PointsConfig(redemption_yuan=1.3)) == ["points.redemption_yuan"]
    assert places(PointsConfig(redemption_yuan=1.2)) == []


def test_a_point_is_a_yuan_where_the_treasury_is_limited_or_points_are_abused_or_spent_elsewhere():
    config = RunConfig(points=PointsConfig(value_yuan=0.5))
    assert problems_of(config) == []

    config.clearing.liquidity.is_limited = config.abuse.is_on = True
    config.alliance.outside.hotels = 1
    told = [str(problem) for problem in problems_of(config)]

    assert len(told) == 1
    assert "must be 1 together with clearing.liquidity.is_limited, abuse.is_on, alliance.outside" in told[0]
