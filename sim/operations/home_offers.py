"""Before the first arrival: offers that people bring coupons of from home are put up, with what is set aside for them."""

from __future__ import annotations

from collections.abc import Sequence

from sim.home import HomeDay
from sim.operations.policies import PolicyReviews


def put_up_home_offers(reviews: Sequence[PolicyReviews], home: HomeDay | None) -> None:
    """Put the offers up, so that the day's tills take them; their numbers are their places among all offers, so nothing was put up before."""
    if home is None or not home.put_up:
        return
    switches = reviews[0].switches
    assert not switches.offers
    for policy, decision in home.put_up:
        applied = switches.apply(0, policy, decision)
        assert not applied.refused, applied.refused
    for budget, reserved_fen in home.reserved_fen.items():
        switches.crowd.mall.budgets["reserved_fen"][switches.budgets[budget]] = reserved_fen
