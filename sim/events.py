"""What happened: the kinds of truth events, their columns, and the schema of events.parquet."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

EVENTS_SCHEMA_VERSION = 1


class EventKind(IntEnum):
    """Kinds of events; `place` and `value` mean what the comment says."""

    GATE_REACHED = 1  # place car park, value cars in front
    PARKED = 2  # place car park, value search time us
    PARKING_BALKED = 3  # place car park, value cars inside
    UNPARKED = 4  # place car park, value delay at the exit gate us
    ARRIVED = 10  # place entrance, value 1 if by car: a party passes the door into the mall
    TURNED_AWAY = 11  # place entrance: the mall is closed, or stays so
    LEFT = 12  # place entrance, value metres walked in millimetres: a party passes the door out of the mall
    STRANDED = 13  # place node: no way left to where the party wants to go
    REROUTED = 14  # place connector: the party had chosen it and found it closed
    MISLED = 15  # place unit the party wanted, value unit it came to instead: it sees its mistake and sets off again
    STORE_ENTERED = 20  # place unit, value Reason
    STORE_REFUSED = 21  # place unit, value 0 closed, 1 full
    STORE_LEFT = 22  # place unit, value time inside us
    QUEUE_JOINED = 30  # place station, value people or parties in front
    BALKED = 31  # place station, value parties in front
    SERVICE_STARTED = 32  # place station, value wait us
    SERVICE_ENDED = 33  # place station, value service us
    RENEGED = 34  # place station, value wait us
    PURCHASED = 40  # place unit, value fen
    BOARDED = 50  # place ride, value wait us


class Reason(IntEnum):
    """Why a party entered a store."""

    NEED = 0
    BROWSE = 1
    IMPULSE = 2
    MEAL = 3


class EventLog(NamedTuple):
    """A buffer of events, filled by the kernel and flushed when full; `count[0]` rows are in use, `count[1]` flushes wanted."""

    time_us: np.ndarray  # int64 since local midnight of the run's first day
    kind: np.ndarray  # int8 EventKind
    visit: np.ndarray  # int64 the visit's number
    people: np.ndarray  # int8 people in the party
    place: np.ndarray  # int32 index of the place's kind
    value: np.ndarray  # int64
    count: np.ndarray  # int64 (1)


class SegmentLog(NamedTuple):
    """A buffer of trajectory segments: where a party was between two instants. Of every party at recording level `edges`, else of tracked ones."""

    start_us: np.ndarray  # int64
    end_us: np.ndarray  # int64
    visit: np.ndarray  # int64
    people: np.ndarray  # int8
    kind: np.ndarray  # int8 SegmentKind
    place: np.ndarray  # int32 piece, unit, ride or node
    from_m: np.ndarray  # float32 distance along the piece at the start
    to_m: np.ndarray  # float32 distance along the piece at the end
    side: np.ndarray  # float32 the party's own lateral place, -1 (right) to 1 (left)
    tracker: np.ndarray  # int32 the row under which sensors follow the party, -1 when nobody does
    count: np.ndarray  # int64 (1)


class SegmentKind(IntEnum):
    """What a party does during a segment."""

    WALKING = 0  # place: leg piece
    STANDING = 1  # place: leg piece (waiting at its end) or node
    INSIDE_UNIT = 2  # place: unit
    RIDING = 3  # place: ride


# How the `place` of an event kind is named in events.parquet (column place_id): which table of ids it indexes.
PLACE_TABLE = {
    EventKind.GATE_REACHED: "parking", EventKind.PARKED: "parking", EventKind.PARKING_BALKED: "parking",
    EventKind.UNPARKED: "parking", EventKind.ARRIVED: "entrance", EventKind.TURNED_AWAY: "entrance", EventKind.LEFT: "entrance",
    EventKind.STRANDED: "node", EventKind.REROUTED: "connector", EventKind.MISLED: "unit", EventKind.STORE_ENTERED: "unit",
    EventKind.STORE_REFUSED: "unit", EventKind.STORE_LEFT: "unit", EventKind.QUEUE_JOINED: "station",
    EventKind.BALKED: "station", EventKind.SERVICE_STARTED: "station", EventKind.SERVICE_ENDED: "station",
    EventKind.RENEGED: "station", EventKind.PURCHASED: "unit", EventKind.BOARDED: "ride",
}  # fmt: skip
