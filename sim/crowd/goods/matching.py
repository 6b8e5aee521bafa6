"""What an article is to a party: how it lies to its taste, what reviews say of it, in which size it is wanted, what it costs."""

from __future__ import annotations

import numpy as np

from sim.crowd.state import Mall, Stream
from sim.kernel import inlined, kernel
from sim.random_streams import draw_word, uniform_of
from sim.standing import AVERAGE_STARS

SIZE_DRAW = 0  # count of Stream.GOODS; stores entered have theirs from 1 on
MATCH_SCALE = 0.5  # 1 / sqrt(TASTES): tastes and brands then match with variance 1
MATCH_MAX = 3.0


@inlined
def match_of(mall: Mall, row: int, item: int) -> float:
    """Return how much further an article lies along the party's taste than its brand does, in standard deviations of brands.

    Where the brand lies has had its say in the choice of the store: those who come in like it more than others do, and would buy more
    often than their trade's customers if it counted twice.
    """
    article = mall.items[item]
    return MATCH_SCALE * (
        mall.tastes[row, 0] * article.tag_0
        + mall.tastes[row, 1] * article.tag_1
        + mall.tastes[row, 2] * article.tag_2
        + mall.tastes[row, 3] * article.tag_3
    )


@kernel
def believed_stars(mall: Mall, item: int) -> float:
    """Return by how many stars a party takes an article for better than the average one before it has bought it."""
    params = mall.params[0]
    if params.show_reviews == 0:
        return 0.0
    standing = mall.standing[mall.items[item].unit]
    brand_stars = standing.shown_stars if standing.shown_stars > 0.0 else standing.quality
    return params.review_trust * (brand_stars + mall.items[item].review - AVERAGE_STARS)


@kernel
def true_stars(mall: Mall, item: int) -> float:
    """Return by how many stars an article is better than the average one."""
    return mall.standing[mall.items[item].unit].quality + mall.items[item].quality - AVERAGE_STARS


@kernel
def size_of(mall: Mall, row: int, unit: int) -> int:
    """Return the size in which a party wants articles here: the same in all stores of a visit, middle ones most often."""
    sizes = mall.venues[unit].sizes
    if sizes == 1:
        return 0
    word = draw_word(mall.keys[Stream.GOODS], mall.shoppers[row].number, SIZE_DRAW)
    return int(sizes * 0.5 * (uniform_of(word, 0) + uniform_of(word, 1)))


@kernel
def price_factor_of(mall: Mall, row: int, normal: float) -> float:
    """Return by what the party's basket differs from that of its trade: the tenant's prices and the article's; 1 on average over sales.

    `normal` is the draw of the basket. The article's price takes its part of the variance from what is the party's own.
    """
    unit = mall.shoppers[row].unit
    factor = mall.standing[unit].price_factor
    mind = mall.minds[row]
    if mind.article < 0 or mall.items[mind.article].unit != unit:
        return factor
    here = mall.venues[unit]
    sigma = mall.categories[mall.units[unit].category].basket_sigma
    log_factor = mall.items[mind.article].price_log - here.price_log_norm
    log_factor += (here.own_sigma - sigma) * normal - (here.own_sigma**2 - sigma**2) / 2.0
    if mind.shown >= 0 and mind.shown <= mind.article < mind.shown + here.sizes:
        match = min(max(match_of(mall, row, mind.article), -MATCH_MAX), MATCH_MAX)
        log_factor += mall.params[0].guide_basket_weight * match
    return factor * np.exp(log_factor)
