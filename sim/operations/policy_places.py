"""What policies change of places: happenings, seats of films, waits shown at doors, and the rooms of tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.decisions_of_policies import MoveTenant, ReleaseSeats, SetSeatPrice, ShowWait, StartHappening
from sim.operations.policy_records import Applied

if TYPE_CHECKING:
    from sim.operations.policy_switches import Switchboard


def start_happening(board: Switchboard, now_us: int, policy: str, decision: StartHappening) -> Applied:
    """Let something take place, which may reward who comes."""
    if board.happenings is None or (decision.reward and decision.reward not in board.offers):
        return Applied(decision.name, f"no offer {decision.reward!r}")
    reward = list(board.offers).index(decision.reward) if decision.reward else -1
    return Applied(decision.name, board.happenings.start(now_us, decision, reward))


def set_seat_price(board: Switchboard, now_us: int, policy: str, decision: SetSeatPrice) -> Applied:
    """Sell the seats of a show at another price from now on."""
    what, controls = f"show {decision.show}", board.crowd.controls
    if not 0 <= decision.show < controls.show_price_fen.size or decision.price_fen < 0:
        return Applied(what, "no such show, or a negative price")
    controls.show_price_fen[decision.show] = decision.price_fen
    return Applied(what, has_switched=True)


def release_seats(board: Switchboard, now_us: int, policy: str, decision: ReleaseSeats) -> Applied:
    """Put so many seats of a show on sale."""
    what, controls = f"show {decision.show}", board.crowd.controls
    if not 0 <= decision.show < controls.show_seats_on_sale.size or decision.seats < 0:
        return Applied(what, "no such show, or a negative number of seats")
    controls.show_seats_on_sale[decision.show] = decision.seats
    return Applied(what, has_switched=True)


def show_wait(board: Switchboard, now_us: int, policy: str, decision: ShowWait) -> Applied:
    """Show at a store's door how long one waits there; nothing when it is negative."""
    if decision.unit_id not in board.compiled.unit_ids:
        return Applied(decision.unit_id, f"no unit {decision.unit_id!r}")
    station, controls = board.compiled.unit_ids.index(decision.unit_id), board.crowd.controls
    controls.station_is_shown[station] = int(decision.wait_s >= 0)
    controls.shown_wait_s[station] = max(decision.wait_s, 0.0)
    return Applied(decision.unit_id, has_switched=True)


def move_tenant(board: Switchboard, now_us: int, policy: str, move: MoveTenant) -> Applied:
    """Let two tenants change rooms in the night."""
    what, ids = f"{move.unit_id} and {move.to_unit_id}", board.compiled.unit_ids
    unknown = [unit for unit in (move.unit_id, move.to_unit_id) if unit not in ids]
    if unknown:
        return Applied(what, f"no unit {unknown[0]!r}")
    if move.unit_id == move.to_unit_id:
        return Applied(what, "a tenant is in its own room already")
    if {move.unit_id, move.to_unit_id} & {unit for pair in board.moves for unit in pair}:
        return Applied(what, "one of the two moves tonight already")
    one_m2, other_m2 = (float(board.compiled.arrays.unit_area_m2[ids.index(unit)]) for unit in (move.unit_id, move.to_unit_id))
    if min(one_m2, other_m2) < board.least_area_share * max(one_m2, other_m2):
        return Applied(
            what, f"too small: {one_m2:.0f} and {other_m2:.0f} m2, layout.least_area_share {board.least_area_share:g}"
        )
    board.moves.append((move.unit_id, move.to_unit_id))
    return Applied(what)
