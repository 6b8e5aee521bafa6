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
        "move_tenants", "Counts phones at doors and sales at tills, and exchanges the strongest tenant with the one in the coldest place.", ("G1", "G2"),
        "A tenant that lived on passers-by loses them and draws nobody to the cold place; fitting out costs, and who liked to find it there walks farther.",
        "layout:MoveTenants", "cold_tenants", "articles S1, S2",
    ),
    Entry(
        "tenant_mix", "Lets rooms that come free go to trades that lack floor of a target mix.", ("G3", "G4"),
        "New businesses share the same customers: trades with a larger share of floor than of needs sell less per m2 than those that went.",
        "", "tenant_mix", "article S1",
    ),
    Entry(
        "anchors_subsidy", "Asks large tenants for a small share of their sales, so that they stay and draw for the others.", ("G7", "C9"),
        "An anchor that would have stayed anyway pays less, and its customers who come for nothing else bring the others nothing.",
        "", "anchor_closes", "articles S0, S2; Gould, Pashigian & Prendergast 2005",
    ),
    Entry(
        "site_selection", "Ranks sites of a second store by where members live (`galleria site`).", ("G5",),
        "Members are not like others: a site near the mall looks best and takes its visits from the mall.", "", "new_site", "article S4",
    ),
    Entry(
        "signs", "Hangs signs at entrances and connectors.", ("G2",),
        "Who no longer errs passes fewer frontages, and signs that nobody changes send people to where a tenant was.", "", "signs", "article S1",
    ),
    Entry(
        "one_way_escalators", "Lets the escalator down from the first floor run up.", ("G2",),
        "Going down takes the lift or the stairs; upper floors are left sooner or not visited at all.", "", "turn_an_escalator", "article S1",
    ),
    Entry(
        "pop_ups", "Puts a kiosk where the hall is widest.", ("G2", "G3"),
        "It narrows the hall, and what it sells is not bought in the stores of its trade that pay rent all year.", "", "pop_up_market", "article S1",
    ),
)  # fmt: skip
BY_NAME = {entry.name: entry for entry in ENTRIES}


def maker_of(entry: Entry) -> Callable[[Any], Any]:
    """Return the class of a policy of the catalogue."""
    module, name = entry.make.split(":")
    made: Callable[[Any], Any] = getattr(importlib.import_module(f"agents.policies.{module}"), name)
    return made
