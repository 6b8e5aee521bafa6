"""Laws of every tariff: longer stays never cost less, receipts never cost more, a day never costs more than its cap."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config import RunConfig
from sim.crowd.cars.exits_built import tariff_of
from sim.crowd.cars.tariff import fee_fen
from sim.schema.tariff import TariffRowConfig, problems
from sim.units import US_PER_DAY, US_PER_HOUR, US_PER_MIN
from sim.verification.tariff import counted_fen

STAYS_US = st.integers(0, 5 * US_PER_DAY)


@st.composite
def tariffs(draw):
    """Return (rows, free_us, cap_fen) of a sound tariff with one to four rows."""
    edges = sorted(draw(st.sets(st.integers(1, 1439), max_size=3)))
    rows = [
        TariffRowConfig(from_min=float(start), price_yuan=draw(st.integers(1, 2000)) / 100, per_min=float(draw(st.integers(1, 240))))
        for start in [0, *edges]
    ]  # fmt: skip
    config = RunConfig()
    free_min, cap_yuan = float(draw(st.integers(0, 120))), float(draw(st.integers(0, 100)))
    config.parking.tariff = replace(config.parking.tariff, rows=rows, free_min=free_min, cap_yuan=cap_yuan)
    assert list(problems(config.parking.tariff, config.parking.exits)) == []
    return tariff_of(config), round(free_min * US_PER_MIN), round(100 * cap_yuan)


@settings(max_examples=150, deadline=None)
@given(tariffs(), STAYS_US, STAYS_US)
def test_a_longer_stay_never_costs_less(tariff, one_us, other_us):
    rows, free_us, cap_fen = tariff

    assert fee_fen(min(one_us, other_us), 0, rows, free_us, cap_fen) <= fee_fen(
        max(one_us, other_us), 0, rows, free_us, cap_fen
    )


@settings(max_examples=150, deadline=None)
@given(tariffs(), STAYS_US, st.integers(0, 6 * US_PER_HOUR), st.integers(0, 6 * US_PER_HOUR))
def test_more_validation_never_costs_more(tariff, stay_us, one_us, other_us):
    rows, free_us, cap_fen = tariff

    assert fee_fen(stay_us, max(one_us, other_us), rows, free_us, cap_fen) <= fee_fen(
        stay_us, min(one_us, other_us), rows, free_us, cap_fen
    )


@settings(max_examples=150, deadline=None)
@given(tariffs(), STAYS_US)
def test_each_started_day_costs_at_most_the_cap(tariff, stay_us):
    rows, free_us, cap_fen = tariff
    days = -(-stay_us // US_PER_DAY)

    if cap_fen:
        assert fee_fen(stay_us, 0, rows, free_us, cap_fen) <= days * cap_fen


@settings(max_examples=150, deadline=None)
@given(tariffs(), st.integers(2 * US_PER_HOUR + 1, US_PER_DAY))
def test_the_second_day_costs_what_the_first_did(tariff, stay_us):
    """From the first microsecond after a free period of at most two hours on."""
    rows, free_us, cap_fen = tariff
    day = fee_fen(US_PER_DAY, 0, rows, free_us, cap_fen)

    assert fee_fen(US_PER_DAY + stay_us, 0, rows, free_us, cap_fen) == day + fee_fen(stay_us, 0, rows, free_us, cap_fen)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 3 * 86_400), st.integers(0, 90), st.sampled_from([15, 30, 60, 90, 120]), st.integers(0, 900), st.integers(0, 60), st.integers(0, 240)
)  # fmt: skip
def test_the_fee_is_that_of_walking_through_the_stay_part_by_part(
    stay_s, free_min, per_min, price_fen, cap_yuan, validated_min
):
    values = {
        "free_min": free_min,
        "per_min": per_min,
        "price_yuan": price_fen / 100,
        "cap_yuan": cap_yuan,
        "validated_min": validated_min,
    }
    config = RunConfig()
    config.parking.tariff.rows = [TariffRowConfig(price_yuan=price_fen / 100, per_min=per_min)]
    found = fee_fen(stay_s * 1_000_000, validated_min * US_PER_MIN, tariff_of(config), free_min * US_PER_MIN, 100 * cap_yuan)

    assert found == counted_fen(stay_s, values)
