"""At the shelf: what a party looks at, wants, tries on and takes to the till."""

from __future__ import annotations

import numpy as np

from sim.crowd.goods.guide import greet, shown_item
from sim.crowd.goods.matching import believed_stars, match_of, size_of
from sim.crowd.goods.records import Shelf
from sim.crowd.promos.appeal import deal_logit, with_deal
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.random_streams import draw_word, uniform, uniform_of

# Draws that belong to a store entered, of Stream.GOODS; those of looks follow.
WHICH, TRIES_ON, FITS, FITS_IN_ANOTHER, LOOKS = 0, 1, 2, 3, 16
SIZE_SLOTS = 16  # an event's value is SIZE_SLOTS x article + size


@kernel
def look(mall: Mall, row: int, now_us: int) -> int:
    """Return what came of a look at the shelves: a Shelf.

    Multinomial logit over the articles looked at and buying nothing. Whether it buys has the draw that it has without shelves, which
    article another one; what is in stock has no say in either, so an article that is sold out changes only the minds of those who
    wanted it.
    """
    shopper = mall.shoppers[row]
    mind = mall.minds[row]
    mind.article = -1
    mind.shown = -1
    draw = uniform(mall.keys[Stream.BUY], shopper.number, shopper.visits)
    if mall.venues[shopper.unit].articles == 0:
        category = mall.categories[mall.units[shopper.unit].category]
        if draw < with_deal(mall, row, shopper.unit, category.conversion_share):
            return Shelf.FOUND
        return Shelf.WANTED if draw < category.wanted_share else Shelf.NOTHING
    word = draw_word(mall.keys[Stream.GOODS], shopper.number, shopper.visits)
    total = _look_at_some(mall, row, word, now_us)
    if draw * (1.0 + total) >= total:
        return Shelf.NOTHING
    wanted = total * uniform_of(word, WHICH)
    slot = 0
    while slot < mall.params[0].looked_at - 1 and wanted >= mall.scratch_utility[slot]:
        wanted -= mall.scratch_utility[slot]
        slot += 1
    mind.article = mall.scratch_place[slot] + size_of(mall, row, shopper.unit)
    return _ask_for(mall, row, word, now_us)


@kernel
def _look_at_some(mall: Mall, row: int, word: np.uint64, now_us: int) -> float:
    """Write down articles looked at and the odds of each against buying nothing; return the sum of the odds."""
    shopper = mall.shoppers[row]
    params = mall.params[0]
    mind = mall.minds[row]
    here = mall.venues[shopper.unit]
    base = here.buy_constant + deal_logit(mall, row, shopper.unit)
    price_factor = mall.standing[shopper.unit].price_factor
    if price_factor != 1.0:
        base -= params.price_weight * mind.price_sensitivity * np.log(price_factor)
    if greet(mall, row, word, now_us):
        base -= params.guide_intrusion
        mind.shown = shown_item(mall, row, word)
    total = 0.0
    for slot in range(params.looked_at):
        item = here.item_start + here.sizes * int(uniform_of(word, LOOKS + slot) * here.articles)
        if slot == 0 and mind.shown >= 0:
            item = mind.shown
        utility = base + params.taste_weight * match_of(mall, row, item)
        utility -= params.price_weight * mind.price_sensitivity * mall.items[item].price_log
        if params.show_reviews == 1:
            utility += params.star_weight * believed_stars(mall, item)
        odds = np.exp(min(utility, 300.0))
        mall.scratch_place[slot] = item
        mall.scratch_utility[slot] = odds
        total += odds
    return total


@kernel
def _ask_for(mall: Mall, row: int, word: np.uint64, now_us: int) -> int:
    """Take the wanted article in one's size where it is there and, tried on, fits; return a Shelf.

    What is ordered instead has not been tried on: of an article that is not there the size that was wanted, of one that did not fit
    another size.
    """
    unit = mall.shoppers[row].unit
    mind = mall.minds[row]
    here = mall.venues[unit]
    item = mall.items[mind.article]
    place = mind.article - here.item_start
    value = SIZE_SLOTS * (place // here.sizes) + place % here.sizes
    note(mall, row, now_us, EventKind.ARTICLE_WANTED, unit, value)
    mind.fits = 1 if uniform_of(word, FITS) >= here.misfit_share else 0
    if item.stock <= 0:
        item.asked += 1
        note(mall, row, now_us, EventKind.ARTICLE_OUT, unit, value)
        return Shelf.WANTED
    if mind.fits == 0 and uniform_of(word, TRIES_ON) < mall.params[0].try_on_share:
        note(mall, row, now_us, EventKind.ARTICLE_MISFIT, unit, value)
        mind.fits = 1 if uniform_of(word, FITS_IN_ANOTHER) >= here.misfit_share else 0
        return Shelf.WANTED
    item.stock -= 1
    mind.holds = 1
    return Shelf.FOUND
