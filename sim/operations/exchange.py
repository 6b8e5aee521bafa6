"""Between visits: members exchange points for units of programmes outside, and back; some because the rates let them gain."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.events import EventKind
from sim.ledger.accounts import Currency, TransferReason
from sim.ledger.converting import convert
from sim.ledger.ledger import Ledger
from sim.ledger.rates import POINTS, best_through_points
from sim.ledger.records import NEVER_US, Count
from sim.random_streams import stream_key, uniforms
from sim.schema.partners import ProgrammeConfig, exact

CENTI = 100  # in a point, in a unit
DAYS_PER_YEAR = 365
OUT, IN = 0, 1


class Flow(IntEnum):
    """What is counted of a programme's day; numbers of events POINTS_EXCHANGED are programme x len(Flow) + Flow."""

    OUT_CENTI = 0  # points given for units
    IN_CENTI = 1  # points got for units
    PAID_FEN = 2  # by the alliance
    RECEIVED_FEN = 3
    GAINED_OUT_CENTI = 4  # of these, by who go round to gain
    GAINED_IN_CENTI = 5
    GAINED_PAID_FEN = 6
    GAINED_RECEIVED_FEN = 7
    REFUSED = 8  # conversions that limits or the books cut


def exchange_names(config: RunConfig) -> tuple[str, ...]:
    """Return the names of what is counted, in the order of the events' places."""
    return tuple(f"{one.name}:{flow.name.lower()}" for one in config.partners.exchange.programmes for flow in Flow)


@dataclass(frozen=True)
class Due:
    """What has been given and will arrive."""

    day: int
    programme: int
    is_in: int
    member: np.ndarray  # int64 rows
    amount: np.ndarray  # int64 centi-points or hundredths of units


@dataclass
class Holdings:
    """What members hold of programmes outside, and what is on its way: lives on from day to day."""

    config: RunConfig
    ledger: Ledger
    keys: np.ndarray  # int64 address of each resident
    units: np.ndarray = field(init=False)  # (programmes, residents) hundredths of units
    year: np.ndarray = field(init=False)  # (programmes, 2, residents) centi-points converted this year
    today: np.ndarray = field(init=False)  # the same, today
    opened: np.ndarray = field(init=False)  # bool: whose holdings have been looked up
    account: np.ndarray = field(init=False)  # (programmes, 3): its money, units issued, units that members hold
    due: list[Due] = field(default_factory=list, init=False)
    days: int = field(default=0, init=False)
    counted: np.ndarray = field(init=False)  # (programmes, Flow) of the last day

    def __post_init__(self) -> None:
        """Open the programmes' accounts."""
        programmes = self.config.partners.exchange.programmes
        rows = self.keys.size
        self.units = np.zeros((len(programmes), rows), np.int64)
        self.year, self.today = (np.zeros((len(programmes), 2, rows), np.int64) for _ in range(2))
        self.opened = np.zeros(rows, bool)
        self.counted = np.zeros((len(programmes), len(Flow)), np.int64)
        self.account = np.array(
            [
                (
                    self.ledger.open(f"partner:{one.name}", Currency.FEN),
                    self.ledger.open(f"units:{one.name}:issued", Currency.UNITS),
                    self.ledger.open(f"units:{one.name}:held", Currency.UNITS),
                )
                for one in programmes
            ],
            np.int64,
        ).reshape(-1, 3)

    def accounts_of(self, members: np.ndarray) -> np.ndarray:
        """Return the accounts of members who have one (int64)."""
        rows, accounts = self.ledger.open_members()
        return accounts[np.searchsorted(rows, members)]

    def available_centi(self, members: np.ndarray) -> np.ndarray:
        """Return the centi-points that members could give now (int64)."""
        accounts, rows = self.ledger.book.accounts, self.accounts_of(members)
        return np.maximum(accounts["balance"][rows] - accounts["reserved"][rows], 0)

    def note_converted(self, programme: int, way: int, members: np.ndarray, centi: np.ndarray) -> None:
        """Count what limits look at."""
        self.today[programme, way, members] += centi
        self.year[programme, way, members] += centi


@dataclass
class Exchange:
    """Once a day, when the mall has closed: what is due arrives, members convert, those who watch the rates go round."""

    crowd: Crowd
    config: RunConfig
    holdings: Holdings
    next_us: int | None
    rank: int = 870

    def act(self, now_us: int) -> None:
        """Let a day of conversions happen, and write down its sums."""
        held = self.holdings
        held.counted[:] = 0
        held.today[:] = 0
        if held.days % DAYS_PER_YEAR == 0:
            held.year[:] = 0
        members, _ = held.ledger.open_members()
        self._look_up(members, now_us)
        self._let_arrive(now_us)
        if members.size:
            self._convert_ordinarily(members, now_us)
            self._go_round(members, now_us)
        held.days += 1
        for place in np.flatnonzero(held.counted.ravel()).tolist():
            self.crowd.note_of_unit(now_us, EventKind.POINTS_EXCHANGED, place, int(held.counted.ravel()[place]))
        self.next_us = None

    def _look_up(self, members: np.ndarray, now_us: int) -> None:
        """Credit members who are seen for the first time with what they hold outside."""
        held, programmes = self.holdings, self.config.partners.exchange.programmes
        new = members[~held.opened[members]]
        held.opened[new] = True
        for at, one in enumerate(programmes):
            draw = uniforms(stream_key(self.config.seed, f"customer of {one.name}"), held.keys[new], 0)
            mean = one.held_points_mean * one.units_per_point_in * CENTI
            size = -np.log(uniforms(stream_key(self.config.seed, f"customer of {one.name}"), held.keys[new], 1)) * mean
            self._move_units(at, new, np.where(draw < one.customers_share, size, 0.0).astype(np.int64), now_us)

    def _let_arrive(self, now_us: int) -> None:
        held = self.holdings
        arrived = [due for due in held.due if due.day <= held.days]
        held.due = [due for due in held.due if due.day > held.days]
        for due in arrived:
            self._deliver(due, now_us)

    def _convert_ordinarily(self, members: np.ndarray, now_us: int) -> None:
        """Let members convert who happen to, likelier where that brings a reward within reach."""
        exchange, held = self.config.partners.exchange, self.holdings
        reward = round(exchange.reach_points * CENTI)
        for at, one in enumerate(exchange.programmes):
            least = round(one.minimum_points * CENTI)
            key = stream_key(self.config.seed, f"exchange with {one.name}")
            worth = self._points_for(one, held.units[at, members])
            points = held.available_centi(members)
            reaches = (points < reward) & (points + worth >= reward)
            share = exchange.in_share_per_day * np.where(reaches, exchange.reach_factor, 1.0)
            gives = (worth >= least) & (uniforms(key, held.keys[members], 2 * held.days) < share)
            self._turn_in(at, members[gives], worth[gives], now_us, is_gain=False)
            draw = uniforms(key, held.keys[members], 2 * held.days + 1)
            takes = (points >= least) & (draw < exchange.out_share_per_day)
            self._turn_out(at, members[takes], points[takes], now_us, is_gain=False)

    def _go_round(self, members: np.ndarray, now_us: int) -> None:
        """Let members who watch the rates run the cycle that gains most."""
        exchange, held = self.config.partners.exchange, self.holdings
        cycle = best_through_points(exchange)
        if cycle is None or exchange.arbitrageurs_share <= 0:
            return
        draw = uniforms(stream_key(self.config.seed, "arbitrage"), held.keys[members], 0)
        watchers = members[draw < exchange.arbitrageurs_share]
        index = {one.name: at for at, one in enumerate(exchange.programmes)}
        for _ in range(exchange.rounds_per_day):
            for source, target in zip(cycle.names, (*cycle.names[1:], cycle.names[0]), strict=True):
                if source == POINTS:
                    self._turn_out(index[target], watchers, held.available_centi(watchers), now_us, is_gain=True)
                elif target == POINTS:
                    worth = self._points_for(exchange.programmes[index[source]], held.units[index[source], watchers])
                    self._turn_in(index[source], watchers, worth, now_us, is_gain=True)
                else:
                    self._cross(index[source], index[target], watchers, now_us)

    def _points_for(self, one: ProgrammeConfig, units: np.ndarray) -> np.ndarray:
        """Return the centi-points that so many units buy, fee taken off, rounded down."""
        rate = (1 - exact(one.fee_share)) / exact(one.units_per_point_in)
        return units * rate.numerator // rate.denominator

    def _turn_out(self, at: int, members: np.ndarray, wanted_centi: np.ndarray, now_us: int, *, is_gain: bool) -> None:
        """Take points, and let the units arrive when the programme delivers."""
        one, held = self.config.partners.exchange.programmes[at], self.holdings
        centi = self._within_limits(at, OUT, members, wanted_centi)
        members, centi = members[centi > 0], centi[centi > 0]
        kept = 1 - exact(one.fee_share)
        price = exact(one.costs_yuan_per_point) * kept
        fen = centi * price.numerator // price.denominator
        posted = self._post(at, OUT, members, centi, fen, now_us)
        members, centi, fen = members[posted], centi[posted], fen[posted]
        self._count(at, (Flow.OUT_CENTI, Flow.PAID_FEN), (Flow.GAINED_OUT_CENTI, Flow.GAINED_PAID_FEN), centi, fen, is_gain)
        held.note_converted(at, OUT, members, centi)
        rate = exact(one.units_per_point_out) * kept
        self._send(Due(held.days + one.delay_days, at, OUT, members, centi * rate.numerator // rate.denominator), now_us)

    def _turn_in(self, at: int, members: np.ndarray, wanted_centi: np.ndarray, now_us: int, *, is_gain: bool) -> None:
        """Take units, and let the points arrive when the programme delivers."""
        one, held = self.config.partners.exchange.programmes[at], self.holdings
        centi = self._within_limits(at, IN, members, wanted_centi)
        members, centi = members[centi > 0], centi[centi > 0]
        rate = exact(one.units_per_point_in) / (1 - exact(one.fee_share))
        units = -(-centi * rate.numerator // rate.denominator)  # rounded up: nobody gets points for less than they cost
        self._move_units(at, members, -units, now_us)
        held.note_converted(at, IN, members, centi)
        price = exact(one.pays_yuan_per_point)
        fen = centi * price.numerator // price.denominator
        self._count(
            at, (Flow.IN_CENTI, Flow.RECEIVED_FEN), (Flow.GAINED_IN_CENTI, Flow.GAINED_RECEIVED_FEN), centi, fen, is_gain
        )
        self._send(Due(held.days + one.delay_days, at, IN, members, centi), now_us)

    def _cross(self, source: int, target: int, members: np.ndarray, now_us: int) -> None:
        """Turn units of one programme outside into another's, by their own rate and without a limit of ours."""
        held, exchange = self.holdings, self.config.partners.exchange
        names = (exchange.programmes[source].name, exchange.programmes[target].name)
        rate = max(exact(link.units) for link in exchange.links if (link.source, link.target) == names)
        units = held.units[source, members].copy()
        self._move_units(source, members, -units, now_us)
        self._move_units(target, members, units * rate.numerator // rate.denominator, now_us)

    def _within_limits(self, at: int, way: int, members: np.ndarray, wanted_centi: np.ndarray) -> np.ndarray:
        """Return how much of a wish the programme's minimum and limits let through."""
        one, held, exchange = self.config.partners.exchange.programmes[at], self.holdings, self.config.partners.exchange
        centi = wanted_centi.copy()
        if exchange.limits_are_on:
            today = held.today[at, way, members]
            np.minimum(centi, round(one.daily_points * CENTI) - today, out=centi)
            np.minimum(centi, round(one.annual_points * CENTI) - held.year[at, way, members], out=centi)
        held.counted[at, Flow.REFUSED] += int(((centi < wanted_centi) & (wanted_centi > 0)).sum())
        centi[centi < max(1, round(one.minimum_points * CENTI))] = 0
        return centi

    def _send(self, due: Due, now_us: int) -> None:
        if due.member.size and due.day <= self.holdings.days:
            self._deliver(due, now_us)
        elif due.member.size:
            self.holdings.due.append(due)

    def _deliver(self, due: Due, now_us: int) -> None:
        if due.is_in == OUT:
            self._move_units(due.programme, due.member, due.amount, now_us)
            return
        price = exact(self.config.partners.exchange.programmes[due.programme].pays_yuan_per_point)
        fen = due.amount * price.numerator // price.denominator
        self._post(due.programme, IN, due.member, due.amount, fen, now_us)

    def _move_units(self, at: int, members: np.ndarray, units: np.ndarray, now_us: int) -> None:
        """Credit members with units or take them, and the programme's pair of accounts with their sum."""
        held = self.holdings
        held.units[at, members] += units
        total = int(units.sum())
        _, issued, holders = held.account[at].tolist()
        if total > 0:
            self.crowd.transfer(now_us, issued, holders, total, TransferReason.UNITS_MOVED)
        elif total < 0:
            self.crowd.transfer(now_us, holders, issued, -total, TransferReason.UNITS_MOVED)

    def _post(
        self, at: int, way: int, members: np.ndarray, centi: np.ndarray, fen: np.ndarray, now_us: int
    ) -> np.ndarray:  # fmt: skip
        """Post conversions; return which were posted."""
        held = self.holdings
        accounts = held.accounts_of(members)
        refusals = np.zeros(members.size, np.int64)
        lasts_us = int(self.crowd.mall.params["points_last_us"][0])
        expires_us = NEVER_US if lasts_us == NEVER_US else int(held.ledger.book.book_counts[Count.MIDNIGHT_US]) + lasts_us
        first, centi, fen = 0, np.ascontiguousarray(centi, np.int64), np.ascontiguousarray(fen, np.int64)
        while first < members.size:
            self.crowd.make_room_in_books()
            first = convert(
                held.ledger.book, now_us, first, accounts, centi, fen, int(held.account[at, 0]), way, refusals, expires_us
            )  # fmt: skip
        held.counted[at, Flow.REFUSED] += int((refusals != 0).sum())
        return refusals == 0

    def _count(
        self, at: int, of_all: tuple[Flow, Flow], of_gain: tuple[Flow, Flow], centi: np.ndarray, fen: np.ndarray, is_gain: bool
    ) -> None:  # fmt: skip
        counted = self.holdings.counted[at]
        for flows in (of_all, of_gain) if is_gain else (of_all,):
            counted[flows[0]] += int(centi.sum())
            counted[flows[1]] += int(fen.sum())


def exchange_of(crowd: Crowd, config: RunConfig, holdings: Holdings | None, closes_us: int) -> list[Exchange]:
    """Return the day's exchange with programmes outside; none where it is off."""
    if holdings is None or not config.partners.exchange.is_on:
        return []
    return [Exchange(crowd, config, holdings, closes_us)]
