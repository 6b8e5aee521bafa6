"""Years of earning and burning points, lived without the engine: what members hold, how much of it they burn, what is lost."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.random_streams import draw_words, stream_key, uniforms
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.people import PopulationOf, hall
from sim.verification.records import INFO, Record, at_least, between, near, record

MEANING = (
    "years of points without the engine: what members hold from before a run against what they pile up, burn rates, breakage"
)
PARAMETERS: dict[str, Parameter] = {
    "residents": whole(20_000, "people of the catchment, about", 1000, 1_000_000),
    "member_share": number(0.3, "residents who are members", 0.01, 1.0),
    "years_after": whole(2, "years lived once all have joined", 1, 10),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
RESIDENTS_PER_VISIT = 20
PURCHASES, BASKET_FEN, BASKET_SIGMA = 2, 17_000, 0.9  # of a visit; about those of the parameters table, section 3
CENTIPOINTS, FEN_PER_POINT_EARNED, FEN_PER_POINT_BURNED = 100, 10_000, 100
HELD_TOLERANCE = 0.2  # share by which the law of what is held before the run may miss the years lived
BURN_RATE_LEAST = 0.15  # a year, of what is out (parameters table, section 7; weak)
BREAKAGE = (0.05, 0.35)  # ultimate: cashback to "healthy" (the same)


class Years(NamedTuple):
    """What came of some years."""

    members: int
    held_at_start_points: float  # mean of a member when the law says so: after the programme's years
    held_points: float  # mean of a member at the end
    points_per_visit: float  # earned on a visit on which the member showed who it is
    issued_last_year: float
    redeemed_last_year: float
    held_mean_last_year: float  # of all members together
    issued: float
    redeemed: float
    of_the_gone: float  # held by those who have died or lost their account


def run_loyalty(values: dict[str, Any], population_of: PopulationOf) -> list[Record]:
    """Return what the law of holdings says and what years lived give; the rates and the breakage that come of them."""
    config = RunConfig()
    config.seed = values["seed"]
    config.population.visits_per_day = values["residents"] / RESIDENTS_PER_VISIT
    config.digital.member_share = values["member_share"]
    lived = years_lived(config, population_of, values["years_after"])
    config.loyalty.points_per_visit = lived.points_per_visit
    population: Any = population_of(config, hall())
    members = population.residents.is_member > 0
    law_points = float(population.memory.holdings.from_before_centi[members].mean()) / CENTIPOINTS
    rate = lived.redeemed_last_year / lived.held_mean_last_year
    never = 1 - lived.redeemed_last_year / lived.issued_last_year
    error = HELD_TOLERANCE * lived.held_at_start_points
    return [
        near("points of a member by the law of what is held before the run", "points", lived.held_at_start_points, law_points, error, members=lived.members),
        record("the same when the years after have passed", "points", None, lived.held_points, INFO, "who hardly ever burns piles up on: it grows with the programme's age"),
        at_least("burned in a year, of what is out", "share", BURN_RATE_LEAST, rate),
        between("issued and not burned in the last year, of what was issued", "share", 0.20, never, 0.0, BREAKAGE[1]),
        record("held by those who died or lost their account, of what was ever issued", "share", None, lived.of_the_gone / lived.issued, INFO, "the only loss of points that never expire"),
        record("points earned on a visit that is shown", "points", None, lived.points_per_visit, INFO, "of baskets alike in all trades"),
    ]  # fmt: skip


def years_lived(config: RunConfig, population_of: PopulationOf, years_after: int) -> Years:
    """Live the programme's years, in which members join as the law has it, and some more: two purchases a visit, whole points for whole receipts."""
    population: Any = population_of(config, hall())
    residents, holdings = population.residents, population.memory.holdings
    members = np.flatnonzero(residents.is_member > 0)
    key, rate = residents.key[members], residents.visits_per_day[members]
    joined = uniforms(stream_key(config.seed, "joined"), key, 0)
    first_days = round(365.25 * config.loyalty.programme_years)
    days = first_days + 365 * years_after
    held, cost_fen = np.zeros(members.size, np.int64), holdings.cost_fen(members)
    basket = BASKET_FEN * residents.spend_scale[members] * np.exp(-(BASKET_SIGMA**2) / 2)
    total, last, visits, out, at_start = np.zeros(2), np.zeros(2), 0, 0.0, 0.0
    began = datetime.date.fromisoformat(config.date).toordinal()
    for day in range(days):
        if day == first_days:
            at_start = float(held.mean())
        holdings.days = day  # of which some have lost their accounts
        alive = ~holdings.gone(members) if day >= first_days else np.ones(members.size, bool)
        has_joined = (1 - joined) * first_days <= day
        comes = alive & has_joined & (uniforms(stream_key(config.seed, "year visit"), key, began + day) < rate)
        rows = np.flatnonzero(comes)
        number = (draw_words(stream_key(config.seed, "year number"), key[rows], day) >> np.uint64(1)).astype(np.int64)
        brought = holdings.brought(
            number, members[rows], np.ones(rows.size, np.int8), _spread(held * CENTIPOINTS, members, residents)
        )
        rows, number = rows[brought["shows_card"] == 1], number[brought["shows_card"] == 1]
        visits += rows.size
        moved = np.zeros(2)
        for purchase in range(PURCHASES):
            moved += _purchase(config, number, purchase, rows, held, cost_fen, basket)
        total += moved
        if day >= days - 365:
            last += moved
            out += float(held.sum()) / 365
    gone = holdings.gone(members)
    return Years(
        members.size,
        at_start,
        float(held[~gone].mean()),
        float(total[0]) / max(visits, 1),
        float(last[0]),
        float(last[1]),
        out,
        float(total[0]),
        float(total[1]),
        float(held[gone].sum()),
    )


def _spread(held_centi: np.ndarray, members: np.ndarray, residents: Any) -> np.ndarray:
    found = np.zeros(residents.key.size, np.int64)
    found[members] = held_centi
    return found


def _purchase(
    config: RunConfig, number: np.ndarray, purchase: int, rows: np.ndarray, held: np.ndarray, cost_fen: np.ndarray, basket_fen: np.ndarray
) -> np.ndarray:  # fmt: skip
    """Let members buy once, burn or not, and earn; `held` is changed. Return the points issued and redeemed."""
    burning = config.loyalty.burning

    def normal(purpose: str) -> np.ndarray:
        found: np.ndarray = ndtri(uniforms(stream_key(config.seed, f"year {purpose}"), number, purchase))
        return found

    price_fen = np.maximum(basket_fen[rows] * np.exp(BASKET_SIGMA * normal("basket")), 1).astype(np.int64)
    usable = np.minimum(held[rows], price_fen // FEN_PER_POINT_BURNED)
    burns = usable * FEN_PER_POINT_BURNED >= cost_fen[rows] * np.exp(burning.occasion_sigma * normal("occasion"))
    burned = np.where(burns & (usable > 0), usable, 0)
    earned = (price_fen - burned * FEN_PER_POINT_BURNED) // FEN_PER_POINT_EARNED
    held[rows] += earned - burned
    return np.array([earned.sum(), burned.sum()], np.float64)
