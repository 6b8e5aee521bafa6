"""A guide who knows a member on arrival in the store: whom it greets, and what it shows by the taste in the member's profile."""

from __future__ import annotations

import numpy as np

from sim.crowd.goods.matching import size_of
from sim.crowd.goods.records import Recognition
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.random_streams import standard_normal, uniform_of

IS_GREETED, TRUSTS = 4, 5  # draws that belong to a store entered, of Stream.GOODS
PROFILE_DRAW = 1 << 20  # counts of Stream.GOODS from which the errors of a profile are drawn


@kernel
def greet(mall: Mall, row: int, word: np.uint64, now_us: int) -> bool:
    """Return whether the party is a member whom the store's staff knows to be there."""
    params = mall.params[0]
    mind = mall.minds[row]
    unit = mall.shoppers[row].unit
    if params.recognition == Recognition.OFF:
        return False
    if params.recognition == Recognition.KNOWN:
        if mind.is_member == 0 or uniform_of(word, IS_GREETED) >= params.recognised_share:
            return False
        mind.greeted = unit
        _look_up_profile(mall, row)
    elif mind.greeted != unit:
        return False
    note(mall, row, now_us, EventKind.MEMBER_GREETED, unit, 0)
    return True


@kernel
def _look_up_profile(mall: Mall, row: int) -> None:
    """Write down the member's taste as its profile has it: of the given correlation with the true one, with the same errors on every visit."""
    mind = mall.minds[row]
    right = mall.params[0].profile_reliability
    wrong = np.sqrt(max(1.0 - right * right, 0.0))
    who = mind.resident if mind.resident >= 0 else mall.shoppers[row].number
    key = mall.keys[Stream.GOODS]
    mind.known_0 = np.float32(right * mall.tastes[row, 0] + wrong * standard_normal(key, who, PROFILE_DRAW))
    mind.known_1 = np.float32(right * mall.tastes[row, 1] + wrong * standard_normal(key, who, PROFILE_DRAW + 1))
    mind.known_2 = np.float32(right * mall.tastes[row, 2] + wrong * standard_normal(key, who, PROFILE_DRAW + 2))
    mind.known_3 = np.float32(right * mall.tastes[row, 3] + wrong * standard_normal(key, who, PROFILE_DRAW + 3))


@kernel
def shown_item(mall: Mall, row: int, word: np.uint64) -> int:
    """Return the article (its first size) that suits the profile best of those in the member's size, -1 when it looks for itself.

    A party that can read reviews at the shelf believes the guide less.
    """
    params = mall.params[0]
    mind = mall.minds[row]
    unit = mall.shoppers[row].unit
    here = mall.venues[unit]
    trust = params.guide_trust
    if params.show_reviews == 1:
        trust *= 1.0 - params.review_trust
    if uniform_of(word, TRUSTS) >= trust:
        return -1
    size = size_of(mall, row, unit)
    best = -1
    best_match = -np.inf
    for ordinal in range(here.articles):
        first = here.item_start + ordinal * here.sizes
        article = mall.items[first + size]
        match = (
            mind.known_0 * article.tag_0
            + mind.known_1 * article.tag_1
            + mind.known_2 * article.tag_2
            + mind.known_3 * article.tag_3
        )
        if article.stock > 0 and match > best_match:
            best_match = match
            best = first
    return best
