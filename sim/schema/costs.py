"""The typed schema of what a programme costs beside what its policies spend: capital, running, fees; and of who owns the sales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"


@dataclass
class CostItemConfig:
    """One thing that a programme needs, with what it costs its owner and how much of that a partner bears."""

    name: str = "programme"
    capital_yuan: float = 0.0  # once
    running_yuan_per_day: float = 0.0
    yuan_per_visit: float = 0.0
    yuan_per_new_member: float = 0.0
    share_of_sales: float = 0.0  # fees on all sales
    partner_share: float = 0.0  # of all that, borne by a partner from outside (J5)
    years: float = 5.0  # that the capital lasts


@dataclass
class CostsConfig:
    """What a programme costs, and what of the mall's trade is its owner's income."""

    items: list[CostItemConfig] = field(default_factory=list)
    owner_margin_share: float = known(
        0.0, "share of all sales that stays with the owner as margin: 0 for a landlord, who lives on rents; a department store keeps some",
        0, 1, source=_JUDGED, confidence="L",
    )  # fmt: skip
    days_per_year: float = known(365.0, "days a year like those simulated", 1, 366)
    interest_share_per_year: float = known(
        0.08, "what capital costs a year, for the present value", 0, 1, source="usual hurdle rate of retail property; " + _JUDGED, confidence="L"
    )  # fmt: skip


def problems(costs: CostsConfig) -> Iterator[Problem]:
    """Return every item that cannot be: negative costs, shares beyond 1, no life."""
    for index, item in enumerate(costs.items):
        place = f"costs.items[{index}]"
        for name in ("capital_yuan", "running_yuan_per_day", "yuan_per_visit", "yuan_per_new_member"):
            if getattr(item, name) < 0:
                yield Problem(f"{place}.{name}", f"{getattr(item, name):g}", "must not be negative", "give what it costs")
        for name in ("share_of_sales", "partner_share"):
            if not 0 <= getattr(item, name) <= 1:
                yield Problem(f"{place}.{name}", f"{getattr(item, name):g}", "must lie between 0 and 1", "give a share")
        if item.years <= 0:
            yield Problem(f"{place}.years", f"{item.years:g}", "must be positive", "give the years that it lasts")
