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
    connector_is_open: np.ndarray  # (C) int32; whoever is on a connector that stops finishes the ride
    desk_is_open: np.ndarray  # (len(Desk)) int32; a desk that closes serves those in line, and gives back what it keeps


def controls_of(mall: Mall) -> Controls:
    """Return the switches of a mall."""
    return Controls(
        mall_is_open=mall.params["is_open"],
        entrance_is_open=mall.entrances["is_open"],
        unit_is_open=mall.units["is_open"],
        unit_closes_us=mall.units["closes_us"],
        servers_open=mall.stations["servers_open"],
        connector_is_open=mall.connectors["is_open"],
        desk_is_open=mall.desks["is_open"],
    )
