"""The typed schema of the accounts of a programme: liability, breakage, deferred revenue."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"


@dataclass
class FinanceConfig:
    """The accounts of a programme: liability, breakage, deferred revenue."""

    liability_at: str = known(
        "cost",
        "what a point that is out counts in the books: what it costs when it is spent, or that times how likely it is to be spent",
        choices=("cost", "fair"),
        source="invariant I7; permanent points do not lapse (article S2)",
        tag="D",
    )
    breakage_by: str = known(
        "hazard",
        "how the share of points that will never be spent is estimated: a fixed share, what is not spent yet, cohorts of lots, or the "
        "rates at which points are spent and members are gone",
        choices=("fixed", "ratio", "chain_ladder", "hazard"),
        source=_JUDGED,
        confidence="L",
    )
    breakage_share: float = known(
        0.0,
        "the share, where it is fixed",
        0,
        0.99,
        source="permanent points (article S2): an outcome, not an input; programmes whose points expire say 0.15-0.35",
        tag="V",
        confidence="M",
    )
    burn_per_year: float = known(
        0.15,
        "points spent in a year / points out, as believed before the run",
        0.001,
        100,
        source="at least 15 % of points a year (weak)",
        tag="V",
        confidence="L",
    )
    gone_per_year: float = known(
        0.02,
        "members who die, move away, or lose their account, / members, in a year",
        0,
        1,
        source="death 0.8 % a year in China, and as many again and half who are lost; engineering judgement",
        confidence="L",
    )
    credibility_days: float = known(
        90.0, "days of one's own experience that weigh as much as the belief", 0.1, 10_000, source=_JUDGED, confidence="L"
    )
    breakage_earned: str = known(
        "at_close",
        "when money kept for points that will never be spent is earned: when the programme closes, or as the others are spent",
        choices=("at_close", "with_spending"),
        source="IFRS 15.B46: in proportion where breakage is expected to be entitled to, else when remote",
        tag="V",
        confidence="H",
    )
    rounding: str = known(
        "half_up", "how amounts become whole fen", choices=("half_up", "half_even", "down"), source=_JUDGED, confidence="L"
    )
    ratio_digits: int = known(
        -1, "digits to which the ratio of allocation is rounded; -1: not at all", -1, 12, source="2 in KPMG's handbook", tag="V"
    )
    closes: str = known("", "last day of the programme, YYYY-MM-DD: what is out then is broken; empty: it goes on")


def problems(finance: FinanceConfig) -> Iterator[Problem]:
    """Yield what is no date."""
    if finance.closes:
        try:
            datetime.date.fromisoformat(finance.closes)
        except ValueError:
            yield Problem(
                "finance.closes", repr(finance.closes), "a day is wanted", 'write it as "2026-12-31", or leave it empty'
            )
