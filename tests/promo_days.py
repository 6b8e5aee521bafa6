"""Days of the small mall at the level of the crowd on which something is offered, for laws about messages and offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd, Taken
from sim.decisions_of_policies import PolicyDecision
from sim.events import EventKind
from sim.operations.policy_records import Applied
from sim.operations.policy_switches import Switchboard
from sim.promos import Reach
from sim.sensing.present import Present
from sim.units import US_PER_HOUR, US_PER_MIN
from tests.engine_days import CLOSES_US, COLUMNS, END_US, Lived, corner_mall, day_config, opened, parties

ALL_WAYS = int(Reach.PUSH | Reach.APP | Reach.PORTAL | Reach.CHAT | Reach.LINKED)
Decide = Callable[[int, Present], Sequence[PolicyDecision]]


def nothing(now_us: int, present: Present) -> list[PolicyDecision]:
    """Decide nothing."""
    return []


def promo_config(visits: float = 120.0) -> RunConfig:
    """Return an ordinary Saturday on which a policy may act."""
    config = day_config(visits)
    config.policies = ["idle"]
    return config


def promo_day(
    decide: Decide, config: RunConfig | None = None, every_min: int = 60, bears: float = 1e9
) -> tuple[Lived, Switchboard, list[Applied]]:
    """Let a day happen on which somebody who knows everybody inside decides every so often; everybody can be reached by everything."""
    config = promo_config() if config is None else config
    compiled, taken, applied = corner_mall(), [], []
    parts: list[Taken] = taken
    crowd = opened(compiled, config, parts)
    switches = Switchboard(crowd, compiled)
    batch = parties(config, compiled)
    reach = np.full(batch.number.size, ALL_WAYS, np.int16)
    crowd.admit(batch._replace(bears_messages=np.full(batch.number.size, bears, np.float32)), reach=reach)
    for now_us in range(10 * US_PER_HOUR + US_PER_MIN, CLOSES_US, every_min * US_PER_MIN):
        crowd.advance_to(now_us)
        present = inside(crowd, parts)
        switches.look_up(present, present.person)
        applied += [switches.apply(now_us, "test", decision) for decision in decide(now_us, present)]
    crowd.advance_to(CLOSES_US)
    crowd.controls.mall_is_open[0] = 0
    crowd.controls.unit_is_open[:] = 0
    crowd.switched(CLOSES_US)
    crowd.advance_to(END_US)
    tallies = crowd.finish(END_US)
    events = {name: np.concatenate([getattr(part.events, name) for part in parts]) for name in COLUMNS}
    transfers, outcomes = (np.concatenate([getattr(part, name) for part in parts]) for name in ("transfers", "outcomes"))
    return Lived(events, transfers, tallies, crowd, outcomes), switches, applied


def inside(crowd: Crowd, parts: Sequence[Taken]) -> Present:
    """Return everybody inside, under the numbers of their visits: who has arrived and not left."""
    logs = [*(part.events for part in parts), crowd.recent()]
    kinds, visits = (np.concatenate([getattr(log, name) for log in logs]) for name in ("kind", "visit"))
    gone = visits[np.isin(kinds, (EventKind.LEFT, EventKind.TURNED_AWAY))]
    here = np.setdiff1d(visits[kinds == EventKind.ARRIVED], gone)
    person = here[np.isin(here, crowd.mall.shoppers["number"])]
    whole, real = np.full(person.size, -1, np.int32), np.full(person.size, np.nan)
    ways = np.full(person.size, ALL_WAYS, np.int16)
    return Present(person, np.zeros(person.size, bool), ways, whole, real, real, real, whole)


def count(lived: Lived, kind: int) -> int:
    """Return how many events of a kind there were."""
    return int((lived.events["kind"] == kind).sum())
