"""What a receipt is in points: how many it earns, what a refund takes and gives back; whole numbers only."""

from __future__ import annotations

from sim.kernel import kernel

CENTIPOINTS = 100  # in a point
MILLION = 1_000_000


@kernel
def points_of(net_fen: int, earning: int, fen_per_point: int) -> int:
    """Return the centi-points of what a receipt was paid in money: whole points, the rest is lost (per receipt, not per article)."""
    if net_fen <= 0 or fen_per_point <= 0:
        return 0
    return net_fen * earning // (MILLION * fen_per_point) * CENTIPOINTS


@kernel
def worth_fen(centi: int, fen_per_point: int) -> int:
    """Return what centi-points are worth, or cost, at so many fen a point, rounded down."""
    return centi * fen_per_point // CENTIPOINTS


@kernel
def points_back_fen(burned_fen: int, refund_fen: int) -> int:
    """Return how much of a refund is given back in points: points first, so that nobody turns them into money by bringing goods back."""
    return max(0, min(burned_fen, refund_fen))


@kernel
def centi_back(burned_centi: int, burned_fen: int, back_fen: int) -> int:
    """Return the centi-points of the part of a redemption that is given back; all of them for all of it."""
    if burned_fen <= 0:
        return 0
    return burned_centi * back_fen // burned_fen


@kernel
def burned_centi_of(wanted_centi: int, held_centi: int, price_fen: int, face_fen: int, most_centi: int, most_ppm: int) -> int:
    """Return how many centi-points a receipt takes of those that a member would spend: no more than the price, and no fraction of a fen."""
    if face_fen <= 0 or price_fen <= 0:
        return 0
    most_fen = price_fen * most_ppm // MILLION
    centi = min(min(wanted_centi, held_centi), min(most_centi, most_fen * CENTIPOINTS // face_fen))
    fen = worth_fen(max(0, centi), face_fen)
    return (fen * CENTIPOINTS + face_fen - 1) // face_fen
