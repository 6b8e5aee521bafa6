"""Access points heard along a line, through walls and floors; noise, shadowing and detection against their laws; names against places."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from sim.config_sensing import SensingConfig
from sim.floorplan.compile import compile_plan
from sim.floorplan.geojson import Faults, geometry_of
from sim.floorplan.plan import AccessPoint, Connector, Entrance, FloorPlan, Level, Stop, Tenant, Unit
from sim.plan_arrays import CompiledPlan
from sim.sensing.positioning.scans import Scans
from sim.sensing.radio.radio_map import Radio, build_radio, cells_at, hear_many
from sim.verification import radio_fields
from sim.verification.drawings import box
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.radio_fields import in_band
from sim.verification.records import Record, at_least, at_most, counted, equal, near

MEANING = "Wi-Fi strength along a line, walls, floors, noise, shadowing, detection and its persistence (POS-05), and names that change nothing (POS-07)"
PARAMETERS: dict[str, Parameter] = {
    "p0_dbm": number(-40.0, "strength at 1 m", -60.0, 20.0),
    "exponent": number(3.0, "path-loss exponent", 1.0, 6.0),
    "distance_m": number(None, "one distance in place of the table's 1, 2, 5, 10, 20, 50", 1.0, 52.0, may_be_null=True),
    "walls": whole(3, "walls between stores", 1, 5),
    "wall_loss_db": number(2.0, "loss through a wall between stores", 0.0, 30.0),
    "front_loss_db": number(1.0, "loss through a shop front", 0.0, 30.0),
    "floors": whole(2, "floors between", 1, 3),
    "floor_loss_db": number(10.5, "loss through a floor", 0.0, 60.0),
    "noise_db": number(5.0, "sd of a reading's noise", 0.1, 20.0),
    "shadowing_db": number(5.0, "sd of the shadowing", 0.1, 20.0),
    "shadowing_m": number(5.0, "spacing of the shadowing field", 0.5, 50.0),
    "detection_db": number(5.0, "width of the detection curve", 0.1, 30.0),
    "detection_field_db": number(9.0, "sd of the detection field", 0.0, 30.0),
    "detection_point_db": number(7.0, "sd of the detection bias of an access point", 0.0, 30.0),
    "fields_shared_share": number(0.5, "share of the fields' variance that access points have in common", 0.0, 1.0),
    "scans": whole(40_000, "scans, or fields, of each statistical case", 1000, 1_000_000),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"exponent": 2.2, "distance_m": 37.0, "walls": 1, "floors": 1})
TABLE_M = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
LOW_DBM = -400.0  # a floor that no mean of these cases reaches
HALL_Y, STORE_Y = 15.5, 5.5
FIRST_X = 2.5
STORE_M, LENGTH_M, STOREY_M = 10.0, 60.0, 5.0


def run(values: dict[str, Any]) -> list[Record]:
    """Return the cases of one set of numbers."""
    return [
        *_line(values),
        *_walls(values),
        *_floors(values),
        *_detection(values),
        *_noise(values),
        *_limits(values),
        *radio_fields.run(values),
        *_names(values),
    ]


def _rectangle(x0: float, y0: float, x1: float, y1: float) -> Any:
    """Return an upright rectangle as the planner's reader makes it."""
    ring = [list(corner) for corner in box(x0, y0, x1, y1)]
    return geometry_of({"geometry": {"type": "Polygon", "coordinates": [ring]}}, "radio", "radio", Faults())


def _plan(points: list[AccessPoint], levels: int = 1) -> CompiledPlan:
    """Return storeys of a hall 60 m long beside six stores of 10 m x 10 m."""
    names = [f"L{level}" for level in range(levels)]
    outline, hall = _rectangle(0, 0, LENGTH_M, 20), _rectangle(0, 10, LENGTH_M, 20)
    stores = [
        Unit(f"{name}-{column}", name, "", _rectangle(column * STORE_M, 0, (column + 1) * STORE_M, 10))
        for name in names
        for column in range(int(LENGTH_M / STORE_M))
    ]
    return compile_plan(
        FloorPlan(
            name="radio",
            levels=[Level(name, name, number, number * STOREY_M, outline, hall) for number, name in enumerate(names)],
            units=stores,
            tenants=[Tenant(store.id, "fashion", store.id) for store in stores],
            connectors=[Connector("lift", "lift", tuple(Stop(name, 1, 19) for name in names))] if levels > 1 else [],
            entrances=[Entrance("door", "L0", 0.5, 15)],
            access_points=points,
        )
    )


def _point(identity: str, level: str, x_m: float, y_m: float, config: SensingConfig, p0_dbm: float) -> AccessPoint:
    """Return an access point at the height of a phone, of a given strength at 1 m."""
    return AccessPoint(identity, level, x_m, y_m, 1.2, 5.0, p0_dbm + config.radio.loss_at_1m_5_db)


def _config(values: dict[str, Any], **changes: float) -> SensingConfig:
    """Return the family's numbers as a configuration without noise, shadowing and detection biases, with changes."""
    config = SensingConfig()
    wanted = {"exponent_5": values["exponent"], "noise_db": 0.0, "shadowing_db": 0.0, "floor_dbm": LOW_DBM, "map_cell_m": 1.0}
    wanted |= {"detection_field_db": 0.0, "detection_point_db": 0.0}
    wanted |= {
        name: values[name]
        for name in ("wall_loss_db", "front_loss_db", "floor_loss_db", "shadowing_m", "detection_db", "fields_shared_share")
    }
    config.radio = replace(config.radio, **(wanted | changes))
    return config


def _mean_dbm(radio: Radio, x_m: float, y_m: float, level: int = 0) -> float:
    """Return the mean strength of the only access point at a place, NaN where its map has none."""
    cell = int(cells_at(radio, np.array(x_m), np.array(y_m), np.array(level)))
    entries = radio.entry_dbm[radio.entry_start[cell] : radio.entry_start[cell + 1]]
    return float(entries[0]) if entries.size else math.nan


def _line(values: dict[str, Any]) -> list[Record]:
    config = _config(values)
    radio = build_radio(_plan([_point("a", "L0", FIRST_X, HALL_Y, config, values["p0_dbm"])]), config, values["seed"])
    wanted: tuple[float, ...] = TABLE_M
    if values["distance_m"] is not None:  # maps know whole metres: the middle of a cell
        wanted = (float(round(values["distance_m"])),)
    return [
        near(
            f"strength at {distance_m:g} m",
            "dBm",
            values["p0_dbm"] - 10.0 * values["exponent"] * math.log10(distance_m),
            _mean_dbm(radio, FIRST_X + distance_m, HALL_Y),
            1e-4,
        )
        for distance_m in wanted
    ]


def _walls(values: dict[str, Any]) -> list[Record]:
    config = _config(values)
    radio = build_radio(_plan([_point("a", "L0", FIRST_X, STORE_Y, config, values["p0_dbm"])]), config, values["seed"])
    found = []
    for walls in sorted({1, values["walls"]}):
        distance_m = walls * STORE_M
        loss_db = _open_dbm(values, distance_m) - _mean_dbm(radio, FIRST_X + distance_m, STORE_Y)
        found.append(near(f"loss through {walls} of the walls", "dB", walls * values["wall_loss_db"], loss_db, 1e-4))
    loss_db = _open_dbm(values, HALL_Y - STORE_Y) - _mean_dbm(radio, FIRST_X, HALL_Y)
    return [*found, near("loss through a shop front", "dB", values["front_loss_db"], loss_db, 1e-4)]


def _open_dbm(values: dict[str, Any], distance_m: float) -> float:
    return float(values["p0_dbm"] - 10.0 * values["exponent"] * math.log10(distance_m))


def _floors(values: dict[str, Any]) -> list[Record]:
    config, floors = _config(values), values["floors"]
    plan = _plan([_point("a", "L0", FIRST_X, HALL_Y, config, values["p0_dbm"])], floors + 1)
    radio = build_radio(plan, config, values["seed"])
    loss_db = _open_dbm(values, math.hypot(10.0, floors * STOREY_M)) - _mean_dbm(radio, FIRST_X + 10.0, HALL_Y, floors)
    return [near(f"loss through {floors} floors", "dB", floors * values["floor_loss_db"], loss_db, 1e-4)]


def _scans(radio: Radio, count: int, offset_db: float) -> Scans:
    """Return scans of as many phones 10 m from the access point."""
    x_m, y_m = np.full(count, FIRST_X + 10.0), np.full(count, HALL_Y)
    whole = np.zeros(count, np.int64)
    return hear_many(radio, np.arange(count), np.full(count, offset_db), x_m, y_m, x_m, y_m, whole, whole)


def _detection(values: dict[str, Any]) -> list[Record]:
    found = []
    for word, widths in (("at", 0.0), ("a width above", 1.0), ("a width below", -1.0)):
        mean_dbm = _open_dbm(values, 10.0)
        config = _config(values, sensitivity_dbm=mean_dbm - widths * values["detection_db"])
        radio = build_radio(_plan([_point("a", "L0", FIRST_X, HALL_Y, config, values["p0_dbm"])]), config, values["seed"])
        heard = _scans(radio, values["scans"], 0.0).access_point.size
        share = 1.0 / (1.0 + math.exp(-widths))
        found.append(counted(f"heard {word} the sensitivity", "share", values["scans"], share, heard))
    return found


def _noise(values: dict[str, Any]) -> list[Record]:
    """Look at the noise of an access point so strong that it is always heard, and P0 so far above that no reading is cut."""
    noise_db = values["noise_db"]
    config = _config(values, noise_db=noise_db, sensitivity_dbm=LOW_DBM, exponent_5=3.0)
    radio = build_radio(_plan([_point("a", "L0", FIRST_X, HALL_Y, config, values["p0_dbm"])]), config, values["seed"])
    seen = _scans(radio, values["scans"], -6.0 * noise_db).rssi_dbm - (values["p0_dbm"] - 30.0) + 6.0 * noise_db
    error_db = noise_db / math.sqrt(max(seen.size, 1))
    return [
        equal("scans that hear a strong access point", "scans", values["scans"], seen.size),
        in_band("mean of the noise", "dB", 0.0, float(seen.mean()), error_db),
        in_band("sd of the noise", "dB", noise_db, float(seen.std()), error_db / math.sqrt(2.0)),
    ]


def _limits(values: dict[str, Any]) -> list[Record]:
    """Look at readings of phones far louder than their access point, and of one far below the floor."""
    floor_dbm = values["p0_dbm"] - 20.0
    config = _config(values, noise_db=values["noise_db"], sensitivity_dbm=LOW_DBM, floor_dbm=floor_dbm)
    radio = build_radio(_plan([_point("a", "L0", FIRST_X, HALL_Y, config, values["p0_dbm"])]), config, values["seed"])
    count = values["scans"]
    to_p0_db = values["p0_dbm"] - _open_dbm(values, 10.0)
    loud = _scans(radio, count, to_p0_db + 30.0).rssi_dbm
    weak = _scans(radio, count, to_p0_db - 20.0).rssi_dbm
    silent = _scans(radio, count, to_p0_db - 20.0 - 7.0 * values["noise_db"]).rssi_dbm
    return [
        at_most(
            "strongest reading, never above the strength at 1 m", "dBm", values["p0_dbm"], float(loud.max(initial=LOW_DBM))
        ),
        at_least("weakest reading, never below the floor", "dBm", floor_dbm, float(weak.min(initial=math.inf))),
        equal("readings of an access point 7 sd below the floor", "readings", 0, silent.size),
    ]


def _names(values: dict[str, Any]) -> list[Record]:
    """Rename and shuffle access points, add one, and compare what is heard byte by byte."""
    changes = {name: values[name] for name in ("noise_db", "shadowing_db", "detection_field_db", "detection_point_db")}
    config = _config(values, **changes, floor_dbm=-100.0)
    given = [_point(f"p{index}", "L0", 3.0 + 9.0 * index, 6.0 + 1.5 * index, config, values["p0_dbm"]) for index in range(6)]
    renamed = [replace(point, id=f"q{7 - index}") for index, point in enumerate(given)][::-1]
    more = [*given, _point("new", "L0", 30.0, 19.0, config, values["p0_dbm"])]
    first, second, third = (build_radio(_plan(points), config, values["seed"]) for points in (given, renamed, more))
    one, other, with_new = (_scans(radio, 1000, 0.0) for radio in (first, second, third))
    pairs = [*zip(first, second, strict=True), *zip(one, other, strict=True)]
    differing = sum(np.asarray(a).tobytes() != np.asarray(b).tobytes() for a, b in pairs)
    new = int(np.flatnonzero(~np.isin(third.key, first.key))[0])
    kept = with_new.rssi_dbm[with_new.access_point != new]
    same = kept.size == one.rssi_dbm.size and kept.tobytes() == one.rssi_dbm.tobytes()
    return [
        equal("tables that renamed and shuffled access points change", "tables", 0, differing),
        equal("readings of the others kept when one is added", "readings", one.rssi_dbm.size, kept.size if same else 0),
    ]
