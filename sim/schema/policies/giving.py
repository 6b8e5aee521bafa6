"""What every policy that addresses people is told: when, whom, how often; and what an offer of its takes off, for how long, at whose cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.errors import Problem
from sim.known import known
from sim.units import minutes_from_hours

JUDGED = "engineering judgement"


@dataclass
class WindowConfig:
    """When a policy acts, and on whom."""

    starts: Any = known("", 'from when on it acts, "HH:MM"; empty: from opening on')
    ends: Any = known("", "until when; empty: closing")
    audience_share: float = known(
        1.0, "share of those whom it would address that it does address, drawn for each person; the rest are held back", 0, 1
    )
    per_person: int = known(2, "messages that it sends to a person in a day, at most", 0, 1000, source="the least annoyed get 2-5 a week (Localytics 2017)", confidence="L")  # fmt: skip


@dataclass
class GivingConfig(WindowConfig):
    """What an offer of a policy is worth, for how long, and who pays."""

    off_share: float = known(
        0.2,
        "of the price that an offer takes off",
        0,
        1,
        source="20 % off raises buying by 2 points (Dube et al. 2017)",
        tag="V",
    )
    budget_yuan: float = known(5000.0, "most that its offers may cost in a day", 0, 1e9)
    life_min: float = known(120.0, "how long an offer is good for, from taking it on", 1, 100_000, source="short expiry is better (Danaher et al. 2015): sign", confidence="L")  # fmt: skip
    seller_share: float = known(1.0, "share of what an offer takes off that the store bears; the mall bears the rest", 0, 1)


def window_problems(place: str, config: WindowConfig) -> Iterator[Problem]:
    """Return what is wrong with the hours of a policy."""
    minutes = {}
    for name, value in (("starts", config.starts), ("ends", config.ends)):
        if value == "":
            continue
        try:
            minutes[name] = minutes_from_hours(value)
        except ValueError as reason:
            yield Problem(f"{place}.{name}", repr(value), f"a time of day is wanted: {reason}", 'write it as "09:30"')
    if len(minutes) == 2 and minutes["ends"] <= minutes["starts"]:
        yield Problem(f"{place}.ends", repr(config.ends), f"must be after {place}.starts ({config.starts})", "let the window end later, or leave both out")  # fmt: skip
