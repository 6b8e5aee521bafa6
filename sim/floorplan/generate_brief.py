"""Which tenants a generated mall gets: their categories and areas after a real mall, and the floor that suits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.categories import CATEGORIES, CATEGORY_INDEX
from sim.floorplan.generate_parameters import GenerateParameters, trade_areas
from sim.random_streams import stream_key, uniforms

LARGE_SHOP_M2 = 450.0
LEAST_SHOP_M2 = 24.0  # the real mall's smaller "tenants" are vending machines and counters
STALL_MOST_M2 = 75.0
NUMBER_WEIGHT = 0.15  # of a shop more or less in a block, against the mean shop's area

# The real mall's map knows eight trades; how we divide them is our assumption (weights within the trade).
TRADE_CATEGORIES: dict[str, tuple[tuple[str, float], ...]] = {
    "fashion": (("fashion", 0.80), ("footwear", 0.12), ("accessories", 0.08)),
    "kids": (("kids", 1.0),),
    "leisure": (("leisure", 0.8), ("services", 0.2)),
    "beauty": (("beauty", 1.0),),
    "sport": (("sport", 1.0),),
    "other_tenant": (("services", 1.0),),
}
# trades that divide by floor area, in m2 of the real mall: counters, then cafes, then tables; boutiques, then showrooms
AREA_CATEGORIES: dict[str, tuple[tuple[float, tuple[tuple[str, float], ...]], ...]] = {
    "food": (
        (60.0, (("fast_food", 0.6), ("cafe", 0.4))),
        (140.0, (("cafe", 0.35), ("fast_food", 0.4), ("restaurant", 0.25))),
        (1e9, (("restaurant", 0.9), ("cafe", 0.1))),
    ),
    "retail": (
        (90.0, (("accessories", 0.35), ("beauty", 0.3), ("electronics", 0.15), ("services", 0.12), ("footwear", 0.08))),
        (
            250.0,
            (("beauty", 0.2), ("electronics", 0.2), ("accessories", 0.15), ("books", 0.15), ("footwear", 0.15), ("home", 0.15)),
        ),
        (1e9, (("home", 0.35), ("books", 0.25), ("sport", 0.2), ("electronics", 0.2))),
    ),
}
# where a category likes to be: 0 is the ground floor, 1 the top floor
LIKED_HEIGHT: dict[str, float] = {
    "fashion": 0.2,
    "footwear": 0.25,
    "beauty": 0.0,
    "accessories": 0.1,
    "electronics": 0.4,
    "home": 0.55,
    "books": 0.6,
    "kids": 0.5,
    "sport": 0.6,
    "supermarket": 0.0,
    "department": 0.25,
    "restaurant": 0.85,
    "fast_food": 0.75,
    "cafe": 0.4,
    "cinema": 1.0,
    "leisure": 0.75,
    "services": 0.3,
}
# anchors at the west and the east end from the ground floor up, and the real mall's unit that each is as large as (trade, share)
WEST_ANCHORS = ("supermarket", "department", "home", "sport")
EAST_ANCHORS = ("fashion", "fashion", "kids", "books")
ANCHOR_AREA: dict[str, tuple[str, float]] = {
    "supermarket": ("retail", 1.0),
    "department": ("retail", 0.99),
    "home": ("retail", 0.978),
    "sport": ("sport", 0.9),
    "fashion": ("fashion", 1.0),
    "books": ("retail", 0.955),
    "kids": ("kids", 1.0),
    "leisure": ("leisure", 0.96),
    "cinema": ("leisure", 0.99),
}
ANCHOR_TRADE = {"supermarket": "retail", "department": "retail", "home": "retail", "books": "retail", "cinema": "leisure"}


@dataclass(frozen=True)
class Brief:
    """A tenant that needs a room."""

    category: str
    area_m2: float  # wanted
    floor: int = -1  # 0 is the ground floor; -1 not placed yet
    role: str = "shop"  # shop, stall (of a court), kiosk (in the hall), west or east (anchor)


def anchors_of(parameters: GenerateParameters) -> list[Brief]:
    """Return the tenants at the ends of the floors."""
    if not parameters.anchors:
        return []
    found: list[Brief] = []
    top = parameters.floors - 1
    for floor in range(parameters.floors):
        west = WEST_ANCHORS[0] if floor == 0 else WEST_ANCHORS[1 + (floor - 1) % (len(WEST_ANCHORS) - 1)]
        east = EAST_ANCHORS[floor % len(EAST_ANCHORS)]
        if floor == top and top > 0:
            west = "cinema" if parameters.cinema else west
            east = "leisure"
        for role, category in (("west", west), ("east", east)):
            trade, share = ANCHOR_AREA[category]
            area = trade_areas()[trade].area_at(share)
            if role == "east":  # the east end is the smaller one
                area = min(max(area, 1400.0), 1900.0)
            found.append(Brief(category, area * parameters.area_scale, floor, role))
    return found


def shares_out(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers in proportion to weights that add up to `total` (largest remainders, ties by position)."""
    exact = [total * weight / sum(weights) for weight in weights]
    whole = [int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    for place in order[: total - sum(whole)]:
        whole[place] += 1
    return whole


def shops_of(parameters: GenerateParameters, anchors: Sequence[Brief]) -> list[Brief]:
    """Return the tenants that are not anchors, their areas at evenly spaced quantiles of the real mall's trades."""
    trades = list(trade_areas().values())
    counts = shares_out(parameters.tenants, [trade.tenants for trade in trades])
    taken = {trade.trade: 0 for trade in trades}
    for anchor in anchors:
        taken[ANCHOR_TRADE.get(anchor.category, anchor.category)] += 1
    shops: list[Brief] = []
    for trade, count in zip(trades, counts, strict=True):
        left = max(0, count - taken[trade.trade])
        areas = [trade.area_at((place + 0.5) / max(count, 1)) for place in range(left)]
        areas = [max(area * parameters.area_scale, LEAST_SHOP_M2) for area in areas]
        shops += [
            Brief(category, area) for category, area in zip(_categories(parameters, trade.trade, areas), areas, strict=True)
        ]
    missing = parameters.tenants - len(anchors) - len(shops)
    # anchors of a small mall can outnumber their trade: the surplus comes off the largest shops
    shops.sort(key=lambda shop: (shop.area_m2, CATEGORY_INDEX[shop.category]))
    return shops[: len(shops) + missing] if missing < 0 else shops


def _categories(parameters: GenerateParameters, trade: str, areas: Sequence[float]) -> list[str]:
    """Return a category for each area of a trade: in proportion, in an addressed order."""
    if trade not in AREA_CATEGORIES:
        return _mixed(parameters, trade, len(areas), TRADE_CATEGORIES[trade])
    found: list[str] = []
    for most, weights in AREA_CATEGORIES[trade]:
        below = sum(area / parameters.area_scale < most for area in areas) - len(found)
        found += _mixed(parameters, f"{trade} below {most:g} m2", below, weights)
    return found


def _mixed(parameters: GenerateParameters, purpose: str, count: int, weights: Sequence[tuple[str, float]]) -> list[str]:
    pool = [
        name for (name, _), times in zip(weights, shares_out(count, [w for _, w in weights]), strict=True) for _ in range(times)
    ]
    order = np.argsort(
        uniforms(stream_key(parameters.seed, f"generate category {purpose}"), np.arange(count), 0), kind="stable"
    )
    return [pool[place] for place in order]


def take_small(shops: list[Brief], count: int, liked: Sequence[str], floor: int, role: str) -> list[Brief]:
    """Take the `count` smallest shops of some categories out of the list, for stalls or kiosks; fewer where there are fewer."""
    fitting = [shop for shop in shops if shop.category in liked and shop.area_m2 <= STALL_MOST_M2][:count]
    for shop in fitting:
        shops.remove(shop)
    return [replace(shop, floor=floor, role=role) for shop in fitting]


def to_floors(parameters: GenerateParameters, shops: Sequence[Brief], capacity_m2: Sequence[float]) -> list[Brief]:
    """Return the shops with the floor each suits best among those with room left; large ones choose first, then all by lot.

    A floor has room in area and in number, so that no floor is left with all the small shops.
    """
    room, slots = list(capacity_m2), shares_out(len(shops), capacity_m2)
    scale = sum(capacity_m2) / max(sum(shop.area_m2 for shop in shops), 1.0)
    luck = uniforms(stream_key(parameters.seed, "generate floor"), np.arange(len(shops) * parameters.floors), 0)
    luck = luck.reshape(len(shops), parameters.floors)
    top = max(parameters.floors - 1, 1)
    placed: list[Brief] = []
    large = [shop.area_m2 > LARGE_SHOP_M2 * parameters.area_scale for shop in shops]
    order = sorted(range(len(shops)), key=lambda place: (-shops[place].area_m2 if large[place] else 0.0, luck[place, 0]))
    for place in order:
        shop = shops[place]
        area = shop.area_m2 * scale
        with_room = [floor for floor in range(parameters.floors) if room[floor] >= 0.6 * area and slots[floor] > 0]
        choices = with_room or [max(range(parameters.floors), key=lambda floor: room[floor])]
        liked = LIKED_HEIGHT[shop.category]
        floor = min(choices, key=lambda floor: 5.0 * (floor / top - liked) ** 2 + 0.6 * luck[place, floor])
        room[floor] -= area
        slots[floor] -= 1
        placed.append(replace(shop, floor=floor))
    return placed


def to_blocks(shops: Sequence[Brief], capacity_m2: Sequence[float]) -> list[list[Brief]]:
    """Return the shops of each block of a floor: the largest first, each to the block with the most room left.

    Room counts in area and, a little, in number, so that no block is cut into slits.
    """
    scale = sum(capacity_m2) / max(sum(shop.area_m2 for shop in shops), 1.0)
    mean_m2 = sum(capacity_m2) / max(len(shops), 1)
    room, blocks = list(capacity_m2), [[] for _ in capacity_m2]  # type: ignore[var-annotated]
    for shop in sorted(shops, key=lambda one: (-one.area_m2, CATEGORY_INDEX[one.category])):
        block = max(range(len(room)), key=lambda place: (room[place] - NUMBER_WEIGHT * mean_m2 * len(blocks[place]), -place))
        room[block] -= shop.area_m2 * scale
        blocks[block].append(shop)
    return blocks


assert set(LIKED_HEIGHT) == set(CATEGORIES)
