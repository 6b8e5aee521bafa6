"""What becomes of an article in the party's hands: put back, bought, and perhaps brought back on another day."""

from __future__ import annotations

import numpy as np

from sim.crowd.goods.matching import believed_stars, true_stars
from sim.crowd.points.returning import foresee_return
from sim.crowd.points.watching import is_to_be_farmed
from sim.crowd.promos.redeeming import give_offers_back
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.random_streams import draw_word, uniform_of

COMES_BACK = 6  # draw that belongs to a store entered, of Stream.GOODS
RETURN_SHARE_MAX = 0.9


@inlined
def put_back(mall: Mall, row: int) -> None:
    """Return to the shelf what the party holds and has not bought."""
    mind = mall.minds[row]
    if mind.holds == 1:
        mall.items[mind.article].stock += 1
        mind.holds = 0


@kernel
def take_along(mall: Mall, row: int, paid_fen: int, now_us: int) -> None:
    """The article is the party's: the shelf has sold it, unless it is shipped, and it is settled whether it will be brought back.

    What will be brought back counts on the day of the sale, as a seller's books have it (IFRS 15 wants the refunds expected of sales
    recognised with them); the money moves at the end of the day (sim/operations/goods.py).
    """
    mind = mall.minds[row]
    unit = mall.shoppers[row].unit
    if mind.article < 0 or mall.items[mind.article].unit != unit:
        return
    item = mall.items[mind.article]
    was_on_shelf = mind.holds == 1
    mind.holds = 0
    if was_on_shelf:
        item.sold += 1
    if mind.greeted == unit:
        note(mall, row, now_us, EventKind.GREETED_SALE, unit, paid_fen)
    word = draw_word(mall.keys[Stream.GOODS], mall.shoppers[row].number, mall.shoppers[row].visits)
    if uniform_of(word, COMES_BACK) < _return_share(mall, row) and not is_to_be_farmed(mall, row, now_us):
        mall.venues[unit].returning_fen += paid_fen
        mind.returned_fen += paid_fen
        foresee_return(mall, row, unit, paid_fen)
        give_offers_back(mall, row, unit, now_us)
        if was_on_shelf:
            item.returning += 1
        note(mall, row, now_us, EventKind.RETURN_FORESEEN, unit, paid_fen)
    mind.article = -1


@kernel
def _return_share(mall: Mall, row: int) -> float:
    """Return the chance that what was bought is brought back: it does not fit, or is worse than was believed."""
    params = mall.params[0]
    mind = mall.minds[row]
    if mind.fits == 0:
        return params.misfit_return_share
    regret_stars = believed_stars(mall, mind.article) - true_stars(mall, mind.article)
    return min(RETURN_SHARE_MAX, params.return_share * np.exp(params.regret_weight * regret_stars))
