"""The written schemas of events, segments, observations and transfers, and the names of places in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sim.categories import CATEGORIES
from sim.crowd.points.gateway_records import Noted
from sim.events import EVENTS_SCHEMA_VERSION, KINDS, PLACE_TABLE, EventKind, SegmentKind
from sim.ledger.accounts import CURRENCY_WORDS, TransferReason
from sim.ledger.records import NEVER_US, NONE, State
from sim.plan_arrays import CompiledPlan
from sim.promos import Channel
from sim.visitors import PayMethod, Purpose

_WORD = pa.dictionary(pa.int32(), pa.string())
_KIND = pa.dictionary(pa.int16(), pa.string())


def _schema(name: str, fields: list[tuple[str, pa.DataType]], version: int = EVENTS_SCHEMA_VERSION) -> pa.Schema:
    return pa.schema(fields, metadata={"galleria_schema": name, "galleria_schema_version": str(version)})


EVENTS_SCHEMA = _schema(
    "events",
    [
        ("time_us", pa.int64()),
        ("kind", _KIND),
        ("visit", pa.int64()),
        ("people", pa.int8()),
        ("place", pa.int32()),
        ("place_id", _WORD),
        ("value", pa.int64()),
    ],
)
SEGMENTS_SCHEMA = _schema(
    "segments",
    [
        ("start_us", pa.int64()),
        ("end_us", pa.int64()),
        ("visit", pa.int64()),
        ("people", pa.int8()),
        ("kind", _KIND),
        ("place", pa.int32()),
        ("from_m", pa.float32()),
        ("to_m", pa.float32()),
        ("side", pa.float32()),
    ],
)
OBSERVATIONS_SCHEMA = _schema(
    "observations",
    [("time_us", pa.int64()), ("sensor", _WORD), ("kind", _WORD), ("subject", pa.int64()), ("value", pa.int64())],
    version=2,
)
FIXES_SCHEMA = _schema(
    "fixes",
    [
        ("time_us", pa.int64()),
        ("subject", pa.int64()),
        ("level", pa.int32()),
        ("x_m", pa.float32()),
        ("y_m", pa.float32()),
        ("radius_m", pa.float32()),
        ("age_s", pa.float32()),
    ],
)
TRANSFERS_SCHEMA = _schema(
    "transfers",
    [
        ("id", pa.int64()),
        ("time_us", pa.int64()),
        ("debit", _WORD),
        ("credit", _WORD),
        ("currency", _WORD),
        ("amount", pa.int64()),
        ("reason", _WORD),
        ("chain", pa.int64()),
        ("state", _WORD),
        ("of", pa.int64()),
        ("expires_us", pa.int64()),
    ],
)

EVENT_KINDS = tuple(EventKind)
_KIND_NAMES = pa.array([kind.name for kind in EVENT_KINDS])
_SEGMENT_NAMES = pa.array([kind.name for kind in SegmentKind])
_KIND_POSITION = np.full(KINDS, -1, np.int16)
for _position, _kind in enumerate(EVENT_KINDS):
    _KIND_POSITION[_kind] = _position

NUMBERED = 2**31 - 1  # names of a kind whose places are numbers of a table of the run itself


class Columns(NamedTuple):
    """Rows of an event log, without the count: views or copies."""

    time_us: np.ndarray
    kind: np.ndarray
    visit: np.ndarray
    people: np.ndarray
    place: np.ndarray
    value: np.ndarray


class PlaceNames(NamedTuple):
    """Every name that `place_id` can take, and where each kind's table of names begins in it."""

    words: pa.Array  # each once
    lookup: np.ndarray  # int32 word of each entry of all tables, end to end
    start: np.ndarray  # (KINDS) int32 by kind: first entry of its table
    size: np.ndarray  # (KINDS) int32 by kind

    def word(self, kind: int, place: int) -> str:
        """Return the name of the place of one event; nothing where it has none."""
        is_nameless = place < 0 or self.size[kind] == NUMBERED
        return "" if is_nameless else str(self.words[int(self.lookup[self.start[kind] + place])].as_py())


def ride_names(compiled: CompiledPlan) -> list[str]:
    """Return "connector:from>to" for every ride."""
    arrays = compiled.arrays
    return [
        f"{compiled.connector_ids[connector]}:{compiled.level_ids[start]}>{compiled.level_ids[end]}"
        for connector, start, end in zip(
            arrays.ride_connector.tolist(), arrays.ride_from_level.tolist(), arrays.ride_to_level.tolist(), strict=True
        )
    ]


def place_names(compiled: CompiledPlan, station_names: Sequence[str], more: Mapping[str, Sequence[str]]) -> PlaceNames:
    """Return the names of all places, `more` being the tables of names that no plan has (shows, bays); a node, which has no name of its own, is called "level:number on it"."""
    starts = compiled.arrays.level_node_start.tolist()
    tables = {
        "parking": compiled.parking_ids,
        "entrance": compiled.entrance_ids,
        "connector": compiled.connector_ids,
        "unit": compiled.unit_ids,
        "station": tuple(station_names),
        "ride": tuple(ride_names(compiled)),
        "show": (),
        "bay": (),
        "offer": (),
        "exchange": (),
        "abuse": (),
        "method": tuple(method.name.lower() for method in PayMethod),
        "purpose": tuple(purpose.name.lower() for purpose in Purpose),
        "trade": CATEGORIES,
        "channel": tuple(channel.name.lower() for channel in Channel),
        "clearing": tuple(noted.name.lower() for noted in Noted),
        **more,
        "node": tuple(
            f"{level}:{node - starts[index]}"
            for index, level in enumerate(compiled.level_ids)
            for node in range(starts[index], starts[index + 1])
        ),
    }
    # A dictionary's words must differ, but the ids of two tables may not (a unit and its station, say).
    word_of: dict[str, int] = {}
    lookup: list[int] = []
    begins: dict[str, int] = {}
    for table, names in tables.items():
        begins[table] = len(lookup)
        lookup.extend(word_of.setdefault(name, len(word_of)) for name in names)
    start, size = np.zeros(KINDS, np.int32), np.zeros(KINDS, np.int32)
    for kind, table in PLACE_TABLE.items():
        start[kind], size[kind] = (0, NUMBERED) if table == "number" else (begins[table], len(tables[table]))
    return PlaceNames(pa.array(list(word_of), pa.string()), np.array([*lookup, 0], np.int32), start, size)


def events_table(rows: Columns, names: PlaceNames) -> pa.Table:
    """Return the rows in the written schema; a place of -1 has no name."""
    position = _KIND_POSITION[rows.kind]
    assert position.size == 0 or position.min() >= 0, "an event of a kind that sim/events.py does not know"
    assert not np.any(rows.place >= names.size[rows.kind]), "an event at a place that the plan does not have"
    nameless = (rows.place < 0) | (names.size[rows.kind] == NUMBERED)
    word = names.lookup[np.where(nameless, 0, names.start[rows.kind] + rows.place)]
    return pa.Table.from_arrays(
        [
            pa.array(rows.time_us),
            pa.DictionaryArray.from_arrays(pa.array(position), _KIND_NAMES),
            pa.array(rows.visit),
            pa.array(rows.people),
            pa.array(rows.place),
            pa.DictionaryArray.from_arrays(pa.array(word, mask=nameless if nameless.any() else None), names.words),
            pa.array(rows.value),
        ],
        schema=EVENTS_SCHEMA,
    )


def segments_table(rows: dict[str, np.ndarray]) -> pa.Table:
    """Return trajectory segments in the written schema."""
    kinds = pa.DictionaryArray.from_arrays(pa.array(rows["kind"].astype(np.int16)), _SEGMENT_NAMES)
    columns = [kinds if name == "kind" else pa.array(rows[name]) for name in SEGMENTS_SCHEMA.names]
    return pa.Table.from_arrays(columns, schema=SEGMENTS_SCHEMA)


def transfers_table(rows: np.ndarray, accounts: Sequence[str]) -> pa.Table:
    """Return ledger.records.TRANSFER records in the written schema; `of` and `expires_us` are null where there is none."""

    def word(index: np.ndarray, words: Sequence[str] | Mapping[int, str]) -> pa.DictionaryArray:
        used, place = np.unique(index, return_inverse=True)  # a ledger has many more accounts than a row group names
        return pa.DictionaryArray.from_arrays(
            pa.array(place.astype(np.int32)), pa.array([words[at] for at in used.tolist()], pa.string())
        )

    columns = {
        "id": pa.array(np.ascontiguousarray(rows["id"])),
        "time_us": pa.array(np.ascontiguousarray(rows["time_us"])),
        "debit": word(rows["debit"], accounts),
        "credit": word(rows["credit"], accounts),
        "currency": word(rows["currency"], CURRENCY_WORDS),
        "amount": pa.array(np.ascontiguousarray(rows["amount"])),
        "reason": word(rows["reason"], {reason.value: reason.name.lower() for reason in TransferReason}),
        "chain": pa.array(np.ascontiguousarray(rows["chain"])),
        "state": word(rows["state"], [state.name.lower() for state in State]),
        "of": pa.array(np.ascontiguousarray(rows["of"]), mask=rows["of"] == NONE),
        "expires_us": pa.array(np.ascontiguousarray(rows["expires_us"]), mask=rows["expires_us"] == NEVER_US),
    }
    return pa.Table.from_arrays(list(columns.values()), schema=TRANSFERS_SCHEMA)


def observations_table(rows: dict[str, np.ndarray]) -> pa.Table:
    """Return observations in the written schema; `sensor` and `kind` are arrays of text."""
    missing = sorted(set(OBSERVATIONS_SCHEMA.names) ^ set(rows))
    assert not missing, f"columns of observations missing or unknown: {missing}"
    columns = []
    for name, kind in zip(OBSERVATIONS_SCHEMA.names, OBSERVATIONS_SCHEMA.types, strict=True):
        if pa.types.is_dictionary(kind):
            columns.append(_words(rows[name]))
        else:
            columns.append(pa.array(np.asarray(rows[name], np.int64)))
    return pa.Table.from_arrays(columns, schema=OBSERVATIONS_SCHEMA)


def fixes_table(rows: dict[str, np.ndarray]) -> pa.Table:
    """Return fixes in the written schema."""
    columns = [pa.array(rows[field.name]).cast(field.type) for field in FIXES_SCHEMA]
    return pa.Table.from_arrays(columns, schema=FIXES_SCHEMA)


def _words(texts: np.ndarray) -> pa.DictionaryArray:
    words, index = np.unique(np.asarray(texts, dtype=str), return_inverse=True)
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(words.tolist(), pa.string()))
