"""Paying for parking: on the phone, at a machine in the lobby, by the plate, or at the exit gate, where it takes the gate's time."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import transfer
from sim.crowd.cars.exit_records import CarDraw, PayPlace
from sim.crowd.cars.tariff import fee_fen, free_us_for
from sim.crowd.points.parking import parks_on_points
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.ledger.accounts import OPERATOR, OUTSIDE, TransferReason
from sim.random_streams import exponential, standard_normal, uniform


@kernel
def pay_place_of(mall: Mall, row: int) -> int:
    """Return how a driver means to pay; each way has a draw of its own, so that more of one takes nobody from another to a third."""
    key, number, params = mall.keys[Stream.CAR], mall.shoppers[row].number, mall.params[0]
    if uniform(key, number, CarDraw.IN_APP) < params.app_pay_share:
        return PayPlace.IN_APP
    if uniform(key, number, CarDraw.BY_PLATE) < params.plate_pay_share:
        return PayPlace.BY_PLATE
    if uniform(key, number, CarDraw.AT_MACHINE) < params.machine_pay_share:
        return PayPlace.AT_MACHINE
    return PayPlace.AT_GATE


@kernel
def owed_fen(mall: Mall, row: int, now_us: int) -> int:
    """Return what the stay costs beyond what has been paid, with the validation that the ticket has by now."""
    errand, params = mall.errands[row], mall.params[0]
    fee = fee_fen(now_us - errand.entered_us, errand.validated_us, mall.tariff, params.tariff_free_us, params.tariff_cap_fen)
    return max(0, fee - errand.fee_paid_fen)


@kernel
def show_receipts(mall: Mall, row: int, now_us: int) -> None:
    """Have the day's receipts make part of the stay free; receipts that have been shown once are refused."""
    shopper, errand = mall.shoppers[row], mall.errands[row]
    free_us = free_us_for(errand.spent_fen, mall.validation)
    if free_us == 0:
        return
    if errand.has_shown_receipts == 1:
        note(mall, row, now_us, EventKind.RECEIPT_REFUSED, shopper.parking, free_us)
        return
    errand.has_shown_receipts = 1
    errand.validated_us += free_us
    note(mall, row, now_us, EventKind.PARKING_VALIDATED, shopper.parking, free_us)


@kernel
def settle(mall: Mall, row: int, now_us: int, reckoned_us: int, place: int) -> None:
    """Pay at `now_us` what is owed at `reckoned_us`, with receipts shown first; where nothing is owed, nothing moves."""
    errand = mall.errands[row]
    if owed_fen(mall, row, reckoned_us) > 0:
        show_receipts(mall, row, now_us)
    charge(mall, row, now_us, owed_fen(mall, row, reckoned_us), place)
    errand.has_paid = 1
    errand.paid_us = now_us


@kernel
def charge(mall: Mall, row: int, now_us: int, amount_fen: int, place: int) -> None:
    """Move a fee from the driver to the mall's operator: money, or points at their face."""
    if amount_fen <= 0:
        return
    shopper = mall.shoppers[row]
    if not parks_on_points(mall, row, amount_fen, now_us):
        transfer(mall, OUTSIDE, OPERATOR, amount_fen, TransferReason.PARKING_FEE, now_us)
    mall.errands[row].fee_paid_fen += amount_fen
    note(mall, row, now_us, EventKind.PARKING_PAID, shopper.parking, amount_fen)
    note(mall, row, now_us, EventKind.PARKING_PAID_AT, shopper.parking, place)


@kernel
def is_settled(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether the ticket opens the gate: paid, and not so long ago that more has become due."""
    errand = mall.errands[row]
    return errand.has_paid == 1 and now_us <= errand.paid_us + mall.params[0].pay_grace_us


@kernel
def has_lost_ticket(mall: Mall, row: int) -> bool:
    """Return whether a driver who needs a ticket has lost it; a phone or a plate cannot be lost."""
    place = mall.errands[row].pay_place
    if place == PayPlace.IN_APP or place == PayPlace.BY_PLATE:
        return False
    return uniform(mall.keys[Stream.CAR], mall.shoppers[row].number, CarDraw.LOST) < mall.params[0].lost_share


@kernel
def is_unread(mall: Mall, row: int) -> bool:
    """Return whether the exit's reader misses the plate: the same draw as that of the readers in sim/sensing/gates.py."""
    params = mall.params[0]
    return uniform(params.unread_key, mall.shoppers[row].number, 0) < params.unread_share


@kernel
def pays_at_gate(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether a driver at the barrier has to pay by hand: owes something, and no account is debited by the plate."""
    if is_settled(mall, row, now_us) or owed_fen(mall, row, now_us) == 0:
        return False
    return mall.errands[row].pay_place != PayPlace.BY_PLATE or is_unread(mall, row)


@kernel
def exit_more_s(mall: Mall, row: int, now_us: int) -> float:
    """Return how long a car stands at the exit's barrier beyond the time that an ordinary one takes."""
    params, key, number = mall.params[0], mall.keys[Stream.CAR], mall.shoppers[row].number
    more_s = 0.0
    if mall.errands[row].bay < 0:  # it has found no bay, and owes nothing
        return more_s
    if is_unread(mall, row):
        more_s += params.unread_s_mean * exponential(key, number, CarDraw.UNREAD)
    if has_lost_ticket(mall, row):
        return more_s + params.lost_s_mean * exponential(key, number, CarDraw.LOST_S)
    if pays_at_gate(mall, row, now_us):
        more_s += lognormal_s(params.gate_pay_s_mean, params.pay_cv, standard_normal(key, number, CarDraw.GATE_PAY))
    return more_s


@kernel
def lognormal_s(mean_s: float, cv: float, normal: float) -> float:
    """Return a log-normal time with this mean and coefficient of variation."""
    variance = np.log(1.0 + cv * cv)
    return mean_s * np.exp(np.sqrt(variance) * normal - 0.5 * variance)
