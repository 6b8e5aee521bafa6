"""At the shelf: what a party finds there."""

from __future__ import annotations

from sim.crowd.goods.records import Shelf
from sim.crowd.state import Mall, Stream
from sim.kernel import kernel
from sim.random_streams import uniform


@kernel
def look(mall: Mall, row: int, now_us: int) -> int:
    """Return what came of a look at the shelves: a Shelf."""
    shopper = mall.shoppers[row]
    category = mall.categories[mall.units[shopper.unit].category]
    draw = uniform(mall.keys[Stream.BUY], shopper.number, shopper.visits)
    if draw < category.conversion_share:
        return Shelf.FOUND
    return Shelf.WANTED if draw < category.wanted_share else Shelf.NOTHING
