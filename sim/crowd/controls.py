"""The switches that operations throw: views into the records that the kernels read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.crowd.state import Mall


class Controls(NamedTuple):
    """Writable views; a switch thrown at t is seen by every event from t on. After writing, say so with `Crowd.switched`."""

    mall_is_open: np.ndarray  # (1) int32
    entrance_is_open: np.ndarray  # (K) int32
    unit_is_open: np.ndarray  # (U) int32
    unit_closes_us: np.ndarray  # (U) int64 posted closing time; whoever is inside is asked out then
    servers_open: np.ndarray  # (stations) int32; a server who is taken away finishes the customer at hand
    is_reserving: np.ndarray  # (1) int32 whether reserved bays are for VIPs only
    connector_is_open: np.ndarray  # (C) int32; whoever is on a connector that stops finishes the ride
    station_is_shown: np.ndarray  # (stations) int32; whether a wait is shown there
    shown_wait_s: np.ndarray  # (stations) float64
    takes_tickets: np.ndarray  # (stations) int32; a ticket drawn before stays good
    ticket_walk_us: np.ndarray  # (rows) int64 the walk reckoned for each party with a ticket; ask anew after every stop
    show_price_fen: np.ndarray  # (shows) int64 of a seat sold from now on
    show_seats_on_sale: np.ndarray  # (shows) int32 most seats that may be sold of a show; sold ones stay sold
    desk_is_open: np.ndarray  # (len(Desk)) int32; a desk that closes serves those in line, and gives back what it keeps


def controls_of(mall: Mall) -> Controls:
    """Return the switches of a mall."""
    return Controls(
        mall_is_open=mall.params["is_open"],
        entrance_is_open=mall.entrances["is_open"],
        unit_is_open=mall.units["is_open"],
        unit_closes_us=mall.units["closes_us"],
        servers_open=mall.stations["servers_open"],
        is_reserving=mall.params["is_reserving"],
        connector_is_open=mall.connectors["is_open"],
        station_is_shown=mall.stations["is_shown"],
        shown_wait_s=mall.stations["shown_wait_s"],
        takes_tickets=mall.stations["takes_tickets"],
        ticket_walk_us=mall.errands["ticket_walk_us"],
        show_price_fen=mall.shows["price_fen"],
        show_seats_on_sale=mall.shows["on_sale"],
        desk_is_open=mall.desks["is_open"],
    )
