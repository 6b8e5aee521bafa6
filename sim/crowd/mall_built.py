"""The arrays of a crowd at the beginning of a day, from the tables of its mall, the books and the configuration."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.crowd import state
from sim.crowd.brands import brands_of
from sim.crowd.cars.exits_built import tariff_of, validation_of
from sim.crowd.errand import ERRAND
from sim.crowd.goods.stocking import Morning, place_items
from sim.crowd.happenings.built import no_happenings
from sim.crowd.mind import MIND, OUTCOME
from sim.crowd.minds_built import pulls_of
from sim.crowd.online.built import online_of
from sim.crowd.points.built import earning_of, terms_of
from sim.crowd.points.gateway_built import gateways_of
from sim.crowd.points.offer_records import DEED, DEEDS_MAX
from sim.crowd.points.records import RETURN
from sim.crowd.points.referring_built import nobody_referred
from sim.crowd.points.wallets import Wallets
from sim.crowd.points.watching import WATCHED
from sim.crowd.promos.built import promos_of
from sim.crowd.state import Mall, Meta, Stream, records
from sim.crowd.tables import Tables, by_node, ways_between
from sim.crowd.tallies import Counted
from sim.ledger.ledger import Ledger
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key
from sim.standing import STANDING, even_standing
from sim.visitors import COUPONS_MAX, LIKED_MAX, TASTES

LOG_LEVELS = {"none": 0, "visits": 1, "edges": 2}


def mall_built(
    compiled: CompiledPlan, config: RunConfig, tables: Tables, rows: int, ledger: Ledger, wallets: Wallets, *,
    standing: np.ndarray | None, shelves: Morning | None, referrals: np.ndarray | None,
) -> Mall:  # fmt: skip
    """Return the mall with nobody in it and room for so many parties."""
    arrays = compiled.arrays
    places = arrays.unit_key.size + arrays.entrance_key.size
    now_standing = records(arrays.unit_key.size, STANDING)
    now_standing[:] = even_standing(arrays.unit_key.size) if standing is None else standing
    ways, way_start = ways_between(arrays)
    earning, earning_from_us = earning_of(compiled, config)
    log_level = LOG_LEVELS[config.recording.events]
    edges = log_level == LOG_LEVELS["edges"]
    mall = Mall(
        shoppers=records(rows, state.SHOPPER), errands=records(rows, ERRAND), minds=records(rows, MIND),
        tastes=np.zeros((rows, TASTES), np.float32),
        liked=np.full((rows, LIKED_MAX), -1, np.int32),
        visited=np.full((rows, state.VISITED_KEPT), -1, np.int32),
        heap=np.zeros((2 * rows + 1024, 3), np.int64),
        free_rows=np.arange(rows, dtype=np.int32)[::-1].copy(),
        arrivals=records(0, state.ARRIVAL),
        arriving_tastes=np.zeros((0, TASTES), np.float32), arriving_liked=np.zeros((0, LIKED_MAX), np.int32),
        arriving_coupons=np.zeros((0, COUPONS_MAX), np.int32),
        nodes=tables.nodes, legs=tables.legs, pieces=tables.pieces, frontages=tables.frontages,
        borders=tables.borders, zones=tables.zones, levels=tables.levels, next_leg=by_node(arrays, arrays.next_leg.astype(np.int32)),
        walk_m=by_node(arrays, arrays.walk_m.astype(np.float32)), units=tables.units, entrances=tables.entrances, rides=tables.rides,
        ways=ways, way_start=way_start, connectors=tables.connectors,
        togo_s=np.zeros((2, places, arrays.ride_connector.size), np.float32),
        hop_s=np.zeros((2, places, places), np.float32),
        lanes=tables.lanes, lift_load=tables.lift_load, stations=tables.stations, **tables.cars._asdict(), **tables.places._asdict(), methods=tables.methods, categories=tables.categories,
        pool=tables.pool, params=tables.params,
        tariff=tariff_of(config), validation=validation_of(config),
        keys=np.array([stream_key(config.seed, purpose.name.lower()) for purpose in Stream], np.uint64),
        meta=np.zeros(len(Meta), np.int64), counts=np.zeros(len(Counted), np.int64),
        log=records(config.engine.log_rows, state.EVENT),
        segments=records(config.engine.log_rows if edges else config.engine.log_rows // 4 + 128, state.SEGMENT),
        **ledger.book._asdict(), terms=terms_of(compiled, config),
        gateways=gateways_of(arrays.unit_key.size),
        earning=earning, earning_from_us=earning_from_us, returns=records(config.engine.log_rows // 40 + 128, RETURN),
        referrals=nobody_referred(0) if referrals is None else referrals,
        offers=wallets.offers, held=wallets.held, suspects=wallets.suspects,
        deeds=records(DEEDS_MAX if config.abuse.is_on else 0, DEED), watched=np.zeros(WATCHED, np.int64),
        **promos_of(config, arrays.unit_key.size, arrays.entrance_key.size, rows),
        **no_happenings(tables.legs.size),
        **online_of(compiled, config),
        outcomes=records(config.engine.log_rows // 40 + 128, OUTCOME),
        standing=now_standing, brands=brands_of(compiled, config),
        pulls=pulls_of(compiled, config, now_standing), items=place_items(tables.places.venues, compiled, config, shelves),
        scratch_place=np.zeros(state.SCRATCH, np.int32), scratch_utility=np.zeros(state.SCRATCH), scratch_draw=np.zeros(state.SCRATCH),
    )  # fmt: skip
    mall.meta[Meta.FREE_ROWS], mall.meta[Meta.LOG_LEVEL] = rows, log_level
    return mall
