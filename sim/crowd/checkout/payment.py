"""To the till: which one, and what happens when the shelf does not have what was wanted."""

from __future__ import annotations

from sim.crowd.books import transfer
from sim.crowd.checkout.methods import BEGINNING, USES_SELF_CHECKOUT, is_by_phone, settle_method
from sim.crowd.online.ordering import orders_instead
from sim.crowd.queues import expected_wait_s, join
from sim.crowd.ratings import judge_store
from sim.crowd.sales import basket_fen, conclude_sale, leave_store
from sim.crowd.state import Mall, Stream, Then
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.ledger.accounts import FIRST_TENANT, OUTSIDE, TransferReason
from sim.random_streams import uniform
from sim.visitors import PayMethod


@kernel
def go_to_till(mall: Mall, row: int, now_us: int) -> int:
    """Take what one has found to a till, or turn away from its line."""
    shopper = mall.shoppers[row]
    shopper.amount_fen = basket_fen(mall, row)
    settle_method(mall, row, now_us, True)
    if mall.params[0].in_line_on == 1 and orders_instead(mall, row, till_of_choice(mall, row), now_us):
        return leave_store(mall, row, now_us)
    return Then.WAIT if join(mall, row, till_of_choice(mall, row), now_us) else leave_store(mall, row, now_us)


@kernel
def till_of_choice(mall: Mall, row: int) -> int:
    """Return the station at which a party pays: a self-checkout where it may, would, and expects to be out of the store sooner."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    params = mall.params[0]
    till = shopper.unit
    own = mall.venues[till].self_station
    if own < 0 or errand.paying_by == PayMethod.CASH or errand.has_adopted == BEGINNING:
        return till
    if shopper.amount_fen > params.self_basket_fen:
        return till
    willing_share = params.self_share_phone if is_by_phone(errand.paying_by) else params.self_share_card
    if uniform(mall.keys[Stream.PAYMENT], shopper.number, USES_SELF_CHECKOUT) >= willing_share:
        return till
    till_s = expected_wait_s(mall.stations, till) + mall.stations[till].service_s_mean
    own_s = expected_wait_s(mall.stations, own) + mall.stations[own].service_s_mean
    return own if own_s < till_s else till


@kernel
def miss_sale(mall: Mall, row: int, now_us: int) -> int:
    """Stock or fit does not allow the sale: a guide who is free orders it on the tablet, or the party leaves without it."""
    shopper = mall.shoppers[row]
    shopper.amount_fen = basket_fen(mall, row)
    guide = mall.venues[shopper.unit].guide_station
    is_free = guide >= 0 and mall.stations[guide].busy < mall.stations[guide].servers_open
    if is_free and uniform(mall.keys[Stream.STOCK], shopper.number, shopper.visits) < mall.params[0].tablet_saved_share:
        settle_method(mall, row, now_us, False)
        if mall.errands[row].paying_by == PayMethod.CASH:
            mall.errands[row].paying_by = PayMethod.CARD  # a tablet takes no notes
        if join(mall, row, guide, now_us):
            return Then.WAIT
    note(mall, row, now_us, EventKind.SALE_LOST, shopper.unit, shopper.amount_fen)
    judge_store(mall, row, False, 0, now_us)
    return leave_store(mall, row, now_us)


@kernel
def order_shipped(mall: Mall, row: int, now_us: int) -> int:
    """The guide has ordered it: the party pays and goes, the tenant pays for shipping."""
    shopper = mall.shoppers[row]
    note(mall, row, now_us, EventKind.SALE_SAVED, shopper.unit, shopper.amount_fen)
    transfer(mall, FIRST_TENANT + shopper.unit, OUTSIDE, mall.params[0].delivery_fen, TransferReason.DELIVERY, now_us)
    return conclude_sale(mall, row, now_us, True)
