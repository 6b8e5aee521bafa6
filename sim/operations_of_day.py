"""What happens by the clock on a day of the mall, in the order in which it is handed to the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.operations.access_points import AccessPointSwitches, failures_of
from sim.operations.admission import Admission
from sim.operations.alliance import participation_of
from sim.operations.clearing import clearing_of
from sim.operations.clock import Operation
from sim.operations.expiry import expiry_of
from sim.operations.goods import goods_of, recalled_of
from sim.operations.happenings import planned_of
from sim.operations.liquidity import liquidity_of
from sim.operations.locating import Locating
from sim.operations.online import online_by_the_clock
from sim.operations.outages import outages_of
from sim.operations.outside_trade import outside_trade_of
from sim.operations.partners import partners_of
from sim.operations.points_line import line_outages_of
from sim.operations.programme import programme_of
from sim.operations.services import services_of
from sim.operations.settlement import Settlement
from sim.operations.staffing import staffing_of
from sim.operations.tomorrow import Standing
from sim.operations.watching import Watching
from sim.reporting.rents import rents_fen
from sim.units import US_PER_DAY, US_PER_HOUR, US_PER_MIN

if TYPE_CHECKING:
    from sim.world import World

END_US = US_PER_DAY + 2 * US_PER_HOUR  # the day's last customers are home by two in the morning


def operations_of(world: World, switches: AccessPointSwitches) -> list[Operation]:
    """Return the operations of a world whose crowd, hours, sensors, reviews and policies are there already."""
    crowd, compiled, config, people = world.crowd, world.compiled, world.config, world.people
    hours, sensing = world.hours, world.sensing
    opens_us, closes_us, every_us = hours.opens_us, hours.closes_us, sensing.locate_every_us
    has_tables = np.array([not name.startswith("till:") for name in crowd.station_names], bool)
    batch_min = max(1, int(config.engine.arrivals_batch_min))
    operations: list[Operation] = [
        hours,
        staffing_of(crowd, config.operations.staffing, opens_us, has_tables),
        *outages_of(crowd, compiled, config.operations.outages, switches),
        *failures_of(compiled, config, switches),
        world.reviews,
        *planned_of(world.happenings, config, opens_us),
        *world.policies,
        Admission(world.admit, people.arrivals, opens_us, closes_us // US_PER_MIN, batch_min),
        *services_of(crowd, compiled, config, hours, sensing.last_fixes),
        *goods_of(crowd, compiled, config, opens_us, END_US, sensing.greeted, every_us),
        *recalled_of(crowd, config, people.shelves, opens_us),
        *expiry_of(crowd, config),
        *online_by_the_clock(crowd, config, world.ordered, opens_us, closes_us, END_US - 4),
        *line_outages_of(crowd, compiled, config, END_US - 3),
        *liquidity_of(crowd, config, opens_us, closes_us),
        *clearing_of(crowd, compiled, config, opens_us, END_US - 2),
        *partners_of(crowd, config, people.programme, closes_us),
        Standing(crowd, config.ratings.display != "none", opens_us),
        *participation_of(crowd, people.alliance, opens_us),
        *outside_trade_of(crowd, people.outside_trade, config.alliance.outside, config.points.yuan_per_point, closes_us),
        Settlement(crowd, lambda sales_fen: rents_fen(compiled, sales_fen), END_US - 1),
        *programme_of(crowd, config, world.finance, END_US - 1),
    ]
    if every_us is not None:
        operations.append(Locating(world.locate, every_us, END_US, next_us=opens_us + every_us))
    if world.watch is not None:
        operations.append(Watching(crowd, world.watch, closes_us, opens_us))
    return operations
