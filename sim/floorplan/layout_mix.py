"""The tenant mix after some years: tenancies that end by draws of their own, rooms let towards a planner's targets or as before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.categories import CATEGORIES, CATEGORY_INDEX
from sim.floorplan.plan import Tenant
from sim.random_streams import stable_key, stream_key, uniforms
from sim.schema.layout import MixConfig

if TYPE_CHECKING:
    from sim.floorplan.layout import Drawn


def grown_mix(drawn: Drawn, mix: MixConfig) -> None:
    """Let tenancies end and their rooms be let anew; who goes depends on the room's own draw, so that more churn keeps who went before.

    A free room goes to the trade that lacks most floor of its target, the largest room first; without targets to a trade drawn by the
    floor that trades had in the drawing. Base rents stay with the rooms, turnover shares are the new trade's.
    """
    rooms = [unit for unit in sorted(drawn.tenants) if drawn.area_m2(unit) < mix.anchor_m2]
    keys = np.array([stable_key(unit) for unit in rooms], np.int64)
    stays_share = (1.0 - mix.churn_share) ** mix.after_years
    draws = {name: uniforms(stream_key(mix.luck, f"tenancy {name}"), keys, 0) for name in ("ends", "vacant", "trade")}
    goes = np.flatnonzero(draws["ends"] >= stays_share)
    drawn_m2 = _floor_by_trade(drawn)
    left = {rooms[index]: drawn.tenants.pop(rooms[index]) for index in goes}
    is_vacant = {rooms[index]: bool(draws["vacant"][index] < mix.vacant_share) for index in goes}
    trade_draw = {rooms[index]: float(draws["trade"][index]) for index in goes}
    wanted_m2 = _targets_m2(mix, float(np.cumsum(drawn_m2)[-1])) if mix.targets else None
    now_m2 = _floor_by_trade(drawn)
    cdf = np.cumsum(drawn_m2) / max(float(np.cumsum(drawn_m2)[-1]), 1e-300)
    for unit in sorted(left, key=lambda unit: (-drawn.area_m2(unit), unit)):
        before = left[unit]
        if is_vacant[unit]:
            drawn.note("vacated", unit, before.name)
            continue
        if wanted_m2 is None:
            trade = min(int(np.searchsorted(cdf, trade_draw[unit], side="right")), len(CATEGORIES) - 1)
        else:
            trade = int(np.argmax(wanted_m2 - now_m2))
        now_m2[trade] += drawn.area_m2(unit)
        category = CATEGORIES[trade]
        drawn.tenants[unit] = Tenant(
            f"New {category.replace('_', ' ')} {unit}", category, unit, drawn.net_m2.get(unit),
            rent_fen_per_year=before.rent_fen_per_year, key=f"mix {unit} {category}",
        )  # fmt: skip
        drawn.note("let", unit, before.name, drawn.area_m2(unit))


def _floor_by_trade(drawn: Drawn) -> np.ndarray:
    found = np.zeros(len(CATEGORIES))
    for unit in sorted(drawn.tenants):
        found[CATEGORY_INDEX[drawn.tenants[unit].category]] += drawn.area_m2(unit)
    return found


def _targets_m2(mix: MixConfig, total_m2: float) -> np.ndarray:
    """Return the floor that each trade should have; trades without a target want none that comes free."""
    found = np.full(len(CATEGORIES), -np.inf)
    for target in mix.targets:
        found[CATEGORY_INDEX[target.trade]] = target.share * total_m2
    return found
