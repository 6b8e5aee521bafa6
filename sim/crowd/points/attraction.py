"""What points do to choices: a store that gives or takes them is worth more to a member."""

from __future__ import annotations

from sim.crowd.state import Mall
from sim.kernel import inlined
from sim.ledger.records import NONE


@inlined
def points_utility(mall: Mall, row: int, unit: int) -> float:
    """Return what a store's points add to its utility for a party; 0 for whoever is no member.

    What comes back as points counts as so much off the price, times a weight far below 1; a member that holds points wishes to burn
    them; a store that gives none loses with whoever is in the habit of earning. A price cut for members counts whole.
    """
    mind = mall.minds[row]
    if mind.account == NONE:
        return 0.0
    params = mall.params[0]
    found = params.discount_utility * mind.price_sensitivity
    if params.has_points == 0:
        return found
    if mall.terms[unit].takes_part == 0:
        return found - params.habit_utility * mind.habit
    found += params.reward_utility * mind.price_sensitivity * params.face_fen / params.fen_per_point
    held = float(mind.held_centi)
    return found + params.burn_wish_utility * held / (held + mind.burn_cost_fen) if held > 0.0 else found
