"""Happenings of a day by name: those that are planned, and those that policies start; each is refused with a reason, or begins to exist."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, log, sqrt

import numpy as np

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.happenings.built import with_happening
from sim.crowd.happenings.records import BITS_MAX, HAPPENING, KINDS, Kind
from sim.crowd.promos.built import logit
from sim.decisions_of_policies import StartHappening
from sim.errors import ConfigError, Problem
from sim.events import EventKind
from sim.ledger.accounts import OPERATOR, OUTSIDE, TransferReason
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stable_key
from sim.schema.happenings import HappeningConfig
from sim.units import US_PER_HOUR, US_PER_MIN, minutes_from_hours

KIND_OF = {kind.name.lower(): kind for kind in Kind}
# What each kind is to families, to adults in company, to one alone and to who likes to join in, in standard deviations of taste: the sign
# is the article's (events "for different groups"), the size engineering judgement, confidence L; `happenings.audience_weight` scales all.
AUDIENCE = {
    Kind.EXHIBITION: (-0.5, 0.5, 0.5, 0.0), Kind.ANIMATION: (1.0, 0.0, 0.0, 0.5), Kind.PARENT_CHILD: (1.5, -1.5, -1.5, 0.5),
    Kind.SPORT: (0.0, 0.0, 0.5, 1.0), Kind.TALENT: (0.5, 0.0, 0.0, 1.0), Kind.DATING: (-2.0, -1.0, 1.0, 0.5),
    Kind.FREEZE: (-0.5, 0.0, 0.0, 1.0), Kind.CLUE: (0.5, 0.5, -0.5, 1.0), Kind.MEETING: (0.0, 0.0, 0.0, 0.0),
    Kind.HUNT: (0.5, 0.5, -0.5, 1.0),
}  # fmt: skip


@dataclass
class Happenings:
    """The day's happenings, in the order in which they were set; a happening's number is its place in `names`."""

    crowd: Crowd
    compiled: CompiledPlan
    config: RunConfig
    closes_us: int
    names: list[str] = field(default_factory=list)

    def start(self, now_us: int, wanted: StartHappening, reward: int = -1) -> str:
        """Let it begin to exist, and pay for it; or return why not."""
        refused = self._wrong_with(wanted, now_us)
        if refused:
            return refused
        told = self.config.happenings
        kind = KIND_OF[wanted.kind] if wanted.after or wanted.kind != "clue" else Kind.HUNT
        sigma2 = log(1.0 + told.stay_cv * told.stay_cv)
        row = np.zeros(1, HAPPENING).view(np.recarray)
        children, company, alone, joins_in = AUDIENCE[kind]
        for name, value in (
            ("key", stable_key(wanted.name) >> 8), ("from_us", wanted.from_us), ("until_us", wanted.until_us),
            ("stay_mu", log(wanted.stay_min_mean) - sigma2 / 2), ("stay_sigma", sqrt(sigma2)), ("extends", told.extends_share),
            ("stops_logit", logit(told.stops_share) if wanted.is_open_to_all else -inf), ("goes_on_logit", logit(told.goes_on_share)), ("appeal", told.friend_appeal if kind == Kind.MEETING else 0.0),
            ("children", children), ("company", company), ("alone", alone), ("joins_in", joins_in), ("capacity", min(wanted.capacity, 2**30)),
            ("next", -1), ("reward", reward), ("first", -1), ("kind", kind),
        ):  # fmt: skip
            row[name] = value
        place = self.places.index(wanted.at)
        node = int(self.crowd.mall.entrances["node"][place - self.units]) if place >= self.units else self._door(place)
        self.crowd.mall = with_happening(self.crowd.mall, row, place, node, wanted.theme)
        if wanted.after:
            self.crowd.mall.happenings["next"][self.names.index(wanted.after)] = len(self.names)
        hours = (wanted.until_us - wanted.from_us) / US_PER_HOUR
        cost_fen = wanted.cost_fen + round(100.0 * wanted.staff * hours * told.wage_yuan_per_h)
        self.crowd.note_of_unit(now_us, EventKind.HAPPENING_SET, len(self.names), KINDS * cost_fen + kind)
        if cost_fen > 0:
            self.crowd.transfer(now_us, OPERATOR, OUTSIDE, cost_fen, TransferReason.HAPPENING_COST)
        self.names.append(wanted.name)
        return ""

    @property
    def places(self) -> list[str]:
        """Units and entrances, before whose doors something can happen."""
        return [*self.compiled.unit_ids, *self.compiled.entrance_ids]

    @property
    def units(self) -> int:
        """How many of them are units."""
        return len(self.compiled.unit_ids)

    def _door(self, unit: int) -> int:
        arrays = self.compiled.arrays
        return int(arrays.door_node[arrays.unit_door_start[unit]])

    def _wrong_with(self, wanted: StartHappening, now_us: int) -> str:
        is_passed = wanted.is_open_to_all and int(np.count_nonzero(self.crowd.mall.happenings["bit"])) >= BITS_MAX
        reasons = (
            (wanted.name in self.names, f"there is a happening {wanted.name!r} already"),
            (wanted.kind not in KIND_OF, f"no kind {wanted.kind!r}; there are {', '.join(KIND_OF)}"),
            (wanted.at not in self.places, f"no unit or entrance {wanted.at!r}"),
            (bool(wanted.theme) and wanted.theme not in CATEGORIES, f"no trade {wanted.theme!r}"),
            (bool(wanted.after) and wanted.after not in self.names, f"no clue {wanted.after!r} to come after"),
            (wanted.capacity < 1, "nobody has room there"),
            (wanted.until_us <= max(wanted.from_us, now_us), "it is over before it begins"),
            (wanted.until_us > self.closes_us, "it would go on after the mall closes"),
            (wanted.stay_min_mean <= 0 or min(wanted.staff, wanted.cost_fen) < 0, "a stay is positive, a cost not negative"),
            (is_passed, f"passers-by can stop at {BITS_MAX} happenings of a day at most"),
        )
        return next((why for is_wrong, why in reasons if is_wrong), "")


@dataclass
class Planned:
    """Sets the events that are planned for the day, when the mall opens."""

    happenings: Happenings
    events: list[StartHappening]
    next_us: int | None
    rank: int = 53

    def act(self, now_us: int) -> None:
        """Set them."""
        for event in self.events:
            refused = self.happenings.start(now_us, event)
            assert not refused, refused
        self.next_us = None


def planned_of(happenings: Happenings, config: RunConfig, opens_us: int) -> list[Planned]:
    """Return what sets the day's planned events; raises ConfigError for those that the plan or the mall's hours have no room for.

    One without room for anybody is none.
    """
    today = [event for event in config.happenings.planned if event.capacity > 0 and event.date in ("", config.date)]
    problems = [
        problem
        for index, event in enumerate(config.happenings.planned)
        if event in today
        for problem in _problems(happenings, index, event)
    ]
    if problems:
        raise ConfigError.of("scenario", problems)
    return [Planned(happenings, [_as_decision(event) for event in today], opens_us)] if today else []


def _problems(happenings: Happenings, index: int, event: HappeningConfig) -> list[Problem]:
    place, found = f"happenings.planned[{index}]", []
    if event.at not in happenings.places:
        found.append(
            Problem(f"{place}.at", repr(event.at), "is no unit or entrance of the plan", "name one: `galleria floorplan check`")
        )
    if minutes_from_hours(event.ends) * US_PER_MIN > happenings.closes_us:
        found.append(Problem(f"{place}.ends", str(event.ends), "must not come after the mall closes", "end it earlier"))
    return found


def _as_decision(event: HappeningConfig) -> StartHappening:
    from_us, until_us = (minutes_from_hours(hours) * US_PER_MIN for hours in (event.starts, event.ends))
    return StartHappening(
        event.name, event.kind, event.at, from_us, until_us, event.capacity, event.theme, True, event.stay_min_mean,
        event.staff, round(100 * event.cost_yuan),
    )  # fmt: skip
