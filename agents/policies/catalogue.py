"""The catalogue of policies by name: what each does, which rows of the mission it covers, by which path it can lose, and its scenario."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One policy. `make` is "module:class" of agents.policies; a measure (make "") is a file conf/policies/<name>.yaml of settings alone."""

    name: str
    does: str
    covers: tuple[str, ...]
    loses: str  # by which path it can lose
    make: str = ""
    scenario: str = ""
    source: str = ""


ENTRIES = (
    Entry("idle", "Looks at everything and does nothing.", (), "It cannot: it is there to show that looking changes nothing.", "baselines:Idle"),
    Entry(
        "random", "Sends offers of stores at random to people at random, whatever they like and wherever they are.", ("B7", "C1"),
        "Discounts go to whoever would have bought anyway, messages that concern nobody annoy and are turned off.", "baselines:Random",
    ),
    Entry(
        "targeted", "Sends a coupon of one trade to those believed to like it who have not bought yet, each with a probability that is written down.",
        ("C17", "B12"), "It picks those who would have bought anyway: it looks far better than it is, and its discounts are given away.",
        "targeted:Targeted", "targeted_uplift",
    ),
)  # fmt: skip
BY_NAME = {entry.name: entry for entry in ENTRIES}


def maker_of(entry: Entry) -> Callable[[Any], Any]:
    """Return the class of a policy of the catalogue."""
    module, name = entry.make.split(":")
    made: Callable[[Any], Any] = getattr(importlib.import_module(f"agents.policies.{module}"), name)
    return made
