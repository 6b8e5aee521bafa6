"""What parking costs: the published points, hand-worked tariffs, receipts, and what is said of a tariff that cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.config import RunConfig, problems_of
from sim.crowd.cars.exits_built import tariff_of, validation_of
from sim.crowd.cars.tariff import fee_fen, free_us_for
from sim.schema.tariff import TariffRowConfig, ValidationConfig
from sim.units import US_PER_HOUR, US_PER_MIN, US_PER_S
from sim.verification.tariff import POINTS_YUAN

FREE_US = 30 * US_PER_MIN
CAP_FEN = 4000


def with_rows(*rows: TariffRowConfig, **more: float) -> RunConfig:
    config = RunConfig()
    config.parking.tariff = replace(config.parking.tariff, rows=list(rows), **more)
    return config


def fee_of(config: RunConfig, stay_us: int, validated_us: int = 0) -> int:
    tariff = config.parking.tariff
    return int(
        fee_fen(stay_us, validated_us, tariff_of(config), round(tariff.free_min * US_PER_MIN), round(100 * tariff.cap_yuan))
    )


def rules(config: RunConfig) -> list[str]:
    return [f"{problem.place}: {problem.rule}" for problem in problems_of(config)]


@pytest.mark.parametrize(("stay_s", "yuan"), POINTS_YUAN.items())
def test_the_default_tariff_has_the_published_points(stay_s, yuan):
    assert fee_of(RunConfig(), stay_s * US_PER_S) == 100 * yuan


def test_an_hour_and_a_microsecond_has_started_two_hours():
    config = RunConfig()

    assert [fee_of(config, US_PER_HOUR + extra_us) for extra_us in (-1, 0, 1)] == [500, 500, 1000]
    assert [fee_of(config, FREE_US + extra_us) for extra_us in (-1, 0, 1)] == [0, 0, 500]


def test_a_tariff_of_two_rows_adds_up_the_started_parts_of_each():
    """2 yuan a quarter for two hours, then 3 an hour, no cap: 2 h 1 min is 8 quarters and one hour."""
    config = with_rows(
        TariffRowConfig(to_min=120, price_yuan=2, per_min=15), TariffRowConfig(from_min=120, price_yuan=3), free_min=0.0, cap_yuan=0.0
    )  # fmt: skip

    assert [fee_of(config, minute * US_PER_MIN) for minute in (0, 1, 15, 16, 120, 121, 180, 181)] == [
        0,
        200,
        200,
        400,
        1600,
        1900,
        1900,
        2200,
    ]
    assert fee_of(config, 24 * US_PER_HOUR) == 1600 + 22 * 300
    assert fee_of(config, 24 * US_PER_HOUR + 1) == 1600 + 22 * 300 + 200


def test_an_empty_tariff_costs_nothing():
    assert fee_of(with_rows(), 50 * US_PER_HOUR) == 0


def test_receipts_take_their_time_off_the_stay_and_give_no_second_free_period():
    config = RunConfig()

    assert fee_of(config, 3 * US_PER_HOUR, US_PER_HOUR) == 1000
    assert fee_of(config, 3 * US_PER_HOUR, 3 * US_PER_HOUR) == 0
    assert fee_of(config, US_PER_HOUR + 1, US_PER_HOUR) == 500


def test_the_largest_step_that_the_receipts_reach_counts():
    steps = validation_of(RunConfig())

    assert [int(free_us_for(spent_fen, steps)) // US_PER_MIN for spent_fen in (0, 9_999, 10_000, 29_999, 30_000, 10**9)] == [
        0,
        0,
        60,
        60,
        120,
        120,
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([TariffRowConfig(from_min=30)], "rows[0].from_min: leaves a gap: nothing says what the stay costs from minute 0"),
        ([TariffRowConfig(to_min=60), TariffRowConfig(from_min=90)], "rows[1].from_min: leaves a gap: nothing says what the stay costs from minute 60"),
        ([TariffRowConfig(to_min=60), TariffRowConfig(from_min=45)], "rows[1].from_min: overlaps the row before it, which lasts until minute 60"),
        ([TariffRowConfig(price_yuan=-1)], "rows[0].price_yuan: must not be negative"),
        ([TariffRowConfig(price_yuan=0.005)], "rows[0].price_yuan: must be a whole number of fen"),
        ([TariffRowConfig(per_min=0)], "rows[0].per_min: must be positive"),
        ([TariffRowConfig(to_min=600)], "rows[0].to_min: must be 1440"),
        ([TariffRowConfig(to_min=60, price_yuan=0), TariffRowConfig(from_min=60)], "free_min: there may be one free period only"),
    ],
)  # fmt: skip
def test_a_tariff_that_cannot_be_gets_one_message(rows, said):
    found = rules(with_rows(*rows))

    assert len(found) == 1, found
    assert found[0].startswith(f"parking.tariff.{said}")


def test_all_problems_of_a_tariff_come_together():
    config = with_rows(TariffRowConfig(from_min=10, price_yuan=-1, per_min=-5))
    config.parking.tariff.validation = [ValidationConfig(200, 60), ValidationConfig(100, 0)]

    assert len(rules(config)) == 5


def test_the_default_tariff_has_no_problem():
    assert rules(RunConfig()) == []
