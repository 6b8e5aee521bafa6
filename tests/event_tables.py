"""Hand-made logs of a day, as runs write and as experiments read them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.events import EventKind
from sim.reporting.event_schema import EVENTS_SCHEMA
from sim.reporting.events_file import Events

S = 1_000_000
TENANTS = {"A1": "Ada's Tea", "B2": "Bob's Books"}


def log(*rows, tenants=TENANTS):
    """Return a log of (seconds, kind, visit, place, value[, people]); a place is a name, or a number where its kind has none."""
    words = tuple(sorted({row[3] for row in rows if isinstance(row[3], str)}))
    return Events(
        np.array([round(row[0] * S) for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int16),
        np.array([row[2] for row in rows], np.int64),
        np.array([row[5] if len(row) > 5 else 1 for row in rows], np.int8),
        np.array([words.index(row[3]) if isinstance(row[3], str) else row[3] for row in rows], np.int32),
        np.array([words.index(row[3]) if isinstance(row[3], str) else -1 for row in rows], np.int32),
        np.array([row[4] for row in rows], np.int64),
        words,
        dict(tenants),
    )


def write_log(path, events, schema=EVENTS_SCHEMA):
    """Write a log as a run does."""
    words = np.array([events.words[word] if word >= 0 else None for word in events.place_word], object)
    columns = [
        pa.array(events.time_us),
        pa.array([EventKind(kind).name for kind in events.kind.tolist()], pa.string())
        .dictionary_encode()
        .cast(schema.field("kind").type),
        pa.array(events.visit),
        pa.array(events.people),
        pa.array(events.place),
        pa.array(words.tolist(), pa.string()).dictionary_encode(),
        pa.array(events.value),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), path)
