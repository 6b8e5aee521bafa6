"""First do no harm: watches the tills of those whom an offer passes by, and ends offers after which too many of them sell less."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.policy import Keeps, Tools
from sim.decisions_of_policies import EndOffer, Offer, PolicyDecision
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN, minutes_from_hours


class DoNoHarm(Keeps):
    """A tenant is worse off when it has had fewer bills since an offer began than its usual share of the mall's would lead to expect.

    Usual is the last day of the kind; on a first day, what it had before the offer. Offers are those of all other policies.
    """

    name: ClassVar[str] = "do_no_harm"

    def begin_day(self, tools: Tools) -> None:
        """Forget offers of yesterday."""
        self.memory["since"], self.memory["ended"] = {}, {}

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Judge every offer that is out, once it has been for long enough."""
        settings = self.settings
        worse_most, sd, wait_us, least = (
            settings.worse_share_most,
            settings.worse_sd,
            settings.judge_after_min * US_PER_MIN,
            settings.bills_least,
        )
        starts_us = 0 if settings.starts == "" else minutes_from_hours(settings.starts) * US_PER_MIN
        tools.forecaster.see(tools.now_us, observations)
        sold, usual = tools.forecaster.sold(), tools.forecaster.usual_by_now()
        since: dict[str, tuple[int, np.ndarray, np.ndarray | None, np.ndarray]] = self.memory.setdefault("since", {})
        ended: dict[str, bool] = self.memory.setdefault("ended", {})
        decisions: list[PolicyDecision] = []
        for name, offer in tools.offers.items():
            if name not in since:
                since[name] = (tools.now_us, sold.copy(), None if usual is None else usual.copy(), rivals_of(offer, tools))
            from_us, before, usual_before, passed_by = since[name]
            if name in ended or offer.until_us + wait_us < tools.now_us or tools.now_us < max(starts_us, from_us + wait_us):
                continue
            base = before if usual is None or usual_before is None else usual - usual_before
            worse = worse_off(sold - before, base, passed_by, sd, least)
            if worse > worse_most:
                ended[name] = True
                decisions.append(EndOffer(name))
        return decisions


def rivals_of(offer: Offer, tools: Tools) -> np.ndarray:
    """Return which units are of the trades of an offer's stores and do not take it, (U) bool."""
    ids = tools.public.unit_ids
    takes = np.array([not offer.units or name in offer.units for name in ids], bool)
    trades = {trade for trade, has in zip(tools.public.trades, takes.tolist(), strict=True) if has}
    return ~takes & np.array([trade in trades for trade in tools.public.trades], bool)


def worse_off(sold: np.ndarray, base: np.ndarray, passed_by: np.ndarray, sd: float, least: int) -> float:
    """Return the share of tenants that sold less than their part in `base` of all that was sold, by `sd` standard deviations.

    Only of those passed by of whom at least `least` bills were expected; 0 where there is none. Bills are taken for a Poisson number.
    """
    if base.sum() <= 0:
        return 0.0
    expected = base / base.sum() * sold.sum()
    judged = passed_by & (expected >= least)
    is_worse = judged & (sold < expected - sd * np.sqrt(np.maximum(expected, 0.0)))
    return float(is_worse.sum() / judged.sum()) if judged.any() else 0.0
