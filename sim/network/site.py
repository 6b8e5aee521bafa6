"""One mall of a network, day by day: what it sends in the morning, what it takes, and what it sends back in the evening."""

from __future__ import annotations

import dataclasses
import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.config import RunConfig
from sim.crowd.mind import OUTCOME
from sim.days import DaysInARow
from sim.ledger.accounts import POINTS_BREAKAGE, POINTS_EXPIRED, POINTS_REDEEMED, TREASURY, Currency, TransferReason
from sim.ledger.leases import LEASED_LOT, hand_over, open_network_accounts, take_over
from sim.ledger.ledger import Ledger
from sim.ledger.records import NONE
from sim.lived import Lived
from sim.network.messages import GUEST, RETURNED, Message, visitors_in, with_visitors
from sim.network.travel import AT_HOME, Travel
from sim.reporting.days_books import DaysBooks
from sim.reporting.days_report import finish_days
from sim.reporting.ledger_files import kept_ledger
from sim.units import US_PER_HOUR
from sim.visitors import Phones, Visitors, empty_visitors
from sim.world import People, World

NIGHT_US = 3 * US_PER_HOUR  # of the day: the one before has ended at two
EVENING_US = 26 * US_PER_HOUR


class Inbox(NamedTuple):
    """What a mall is given for a day."""

    returned: Message  # accounts that come home, as in an evening's message
    settled_fen: int  # what its treasury gets from others', below 0: pays


class Home(NamedTuple):
    """A mall as whoever lives it was given it, by a function that this package knows by name only."""

    compiled: Any
    town: Any  # sim.api.Town
    close: Callable[[], None]


@dataclass
class _Prepared:
    """The people of a town, with the guests of the day among them; what `sim.days.Population` asks for."""

    town: Any
    today: People | None = None

    @property
    def residents(self) -> int:
        """How many live in the catchment."""
        return int(self.town.residents)

    @property
    def ledger(self) -> Ledger:
        """The ledger of the mall."""
        found: Ledger = self.town.ledger
        return found

    def __getattr__(self, name: str) -> Any:
        """Whatever else is asked of the people of a town, the town answers."""
        return getattr(self.town, name)

    def people_on(self, _today: RunConfig) -> People:
        """Return who comes on the day that has been prepared."""
        assert self.today is not None
        return self.today


@dataclass
class Site:
    """A mall that lives; `steps` mornings and days are behind it."""

    number: int
    config: RunConfig
    folder: Path
    home: Home
    travel: Travel
    steps: int = 0
    _others: int = field(init=False)  # account of points that are at other malls
    _clearing: int = field(init=False)
    _guest_accounts: dict[tuple[int, int], int] = field(default_factory=dict, init=False)
    _out: np.ndarray = field(
        default_factory=lambda: np.zeros(0, np.int64), init=False
    )  # rows of residents whose accounts are away
    _away: np.ndarray = field(
        default_factory=lambda: np.zeros(0, np.int64), init=False
    )  # numbers of visits that go elsewhere today
    _told: np.ndarray = field(
        default_factory=lambda: np.zeros(0, OUTCOME), init=False
    )  # visits elsewhere, of which they tell now
    _earned: dict[int, int] = field(default_factory=dict, init=False)  # by account of a guest, today
    _burned: dict[int, int] = field(default_factory=dict, init=False)
    _expired: dict[int, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Open the accounts that stand for the other malls."""
        ledger = self.home.town.ledger
        self._others, self._clearing = open_network_accounts(ledger)
        self._people = _Prepared(self.home.town)
        self._outcomes = np.zeros(0, OUTCOME)
        self._days = DaysInARow(self.config, self.home.compiled, self._people, self.folder)
        self._left: Any = None
        self._hours_us = (0, 0)
        self._started_s = time.perf_counter()
        self._books = DaysBooks(self.folder, self.config, self.home.compiled, ledger.names) if self.config.days > 1 else None

    def morning(self, day: int, inbox: Inbox) -> Message:
        """Begin a day: take back what comes home, settle, and return the guests that go elsewhere, with what they hold."""
        ledger, town = self.home.town.ledger, self.home.town
        date = datetime.date.fromisoformat(self.config.date) + datetime.timedelta(days=day)
        today = dataclasses.replace(self.config, date=date.isoformat(), days=1)
        ledger.begin_day(date, day)
        self._expire()
        self._take_home(inbox.returned)
        self._expire()  # also what has ended on its way
        self._settle(inbox.settled_fen)
        if day > 0:
            town.hold_points(ledger.balances_of(town.residents))
        people = town.people_on(today)
        going, keys = town.visits.of_residents(lambda numbers: self.travel.goes_to(self.number, numbers) != AT_HOME)
        self._away = np.sort(going.number)
        self._people.today = people
        self.steps += 1
        return self._lend(going, keys)

    def day(self, guests: Message) -> tuple[Message, dict[str, int]]:
        """Live the day with the guests of other malls; return what goes back to them, and the day in numbers."""
        ledger = self.home.town.ledger
        redeemed = ledger.balance(POINTS_REDEEMED)
        accounts = self._host(guests)
        people = self._people.today
        assert people is not None
        self._people.today = self._with_guests(people, guests, accounts)
        self._live()
        self.steps += 1
        held, balances = hand_over(ledger, accounts[accounts != NONE], self._others, EVENING_US)
        self._count_elsewhere(held, 1)
        facts = {
            "guests": int(guests["guest"].size),
            "guests_spent_fen": int(self._outcomes["spent_fen"].sum()),
            "guests_burned_centi": sum(self._burned.values()),
            "guests_earned_centi": sum(self._earned.values()),
            "burned_centi": ledger.balance(POINTS_REDEEMED) - redeemed,
            "away_visits": int(self._away.size),
            "points_elsewhere_centi": ledger.balance(self._others),
            "paid_to_others_fen": ledger.balance(self._clearing),
        }
        return self._returned(guests, accounts, held, balances), facts

    def finish(self) -> None:
        """Write the files of a run of several days; one of a single day has written its own."""
        if self._books is not None:
            ledger = self.home.town.ledger
            self._hand_over_journal(self._books)  # the last evening's returns: no day comes after them that would
            self._books.close()
            finish_days(self.folder, self._books, kept_ledger(ledger), self._hours_us, self._started_s, "")
        self.home.close()

    def _live(self) -> None:
        if self._books is None:
            World(self.config, self.home.compiled, self._people.people_on(self.config), self.folder).run()
            return
        self._left, self._hours_us = self._days.one_day(self.steps // 2, self._left, self._books, None)

    def _expire(self) -> None:
        """Let expire what is over, so that it is neither lent nor counted as held."""
        while not self.home.town.ledger.expire():
            assert self._books is not None, "before the first day nothing has been earned that could end"
            self._hand_over_journal(self._books)

    def _hand_over_journal(self, books: DaysBooks) -> None:
        ledger = self.home.town.ledger
        books.take_transfers(ledger.journal)
        ledger.forget_journal()

    def _count_elsewhere(self, lots: np.ndarray, sign: int) -> None:
        """Let the books know, by month of issue, which points have left for other malls (1) or come from them (-1)."""
        elsewhere = self.home.town.finance.elsewhere_centi
        for month, centi in zip(lots["month"].tolist(), lots["amount"].tolist(), strict=True):
            elsewhere[month] = elsewhere.get(month, 0) + sign * centi

    def _take_home(self, returned: Message) -> None:
        ledger, rows = self.home.town.ledger, returned["returned"]
        lent = rows["is_lent"] == 1
        residents = rows["resident"][lent]
        accounts = np.full(rows.size, NONE, np.int32)
        accounts[lent] = ledger.members(residents, np.zeros(residents.size, np.int64), NIGHT_US)
        take_over(ledger, accounts, returned["lots"], rows["balance"], self._others, NIGHT_US)
        self._count_elsewhere(returned["lots"], -1)
        self._out = self._out[~np.isin(self._out, residents)]
        self._told = returned["outcome"][returned["outcome"]["left_us"] > 0].copy()

    def _settle(self, settled_fen: int) -> None:
        sides = (self._clearing, TREASURY) if settled_fen > 0 else (TREASURY, self._clearing)
        if settled_fen:
            self.home.town.ledger.post(NIGHT_US, *sides, abs(settled_fen), TransferReason.SETTLED_BETWEEN)

    def _lend(self, going: Visitors, keys: np.ndarray) -> Message:
        """Return the guests that go elsewhere; a member's account goes along, unless it has not come home yet."""
        ledger = self.home.town.ledger
        guest = np.zeros(going.number.size, GUEST)
        guest["home"], guest["to"] = self.number, self.travel.goes_to(self.number, going.number)
        guest["resident"], guest["key"] = going.resident, keys
        lent = np.flatnonzero((going.is_member == 1) & ~np.isin(going.resident, self._out))
        accounts = ledger.members(going.resident[lent], going.points_centi[lent], NIGHT_US)
        lots, guest["balance"][lent] = hand_over(ledger, accounts, self._others, NIGHT_US)
        self._count_elsewhere(lots, 1)
        lots["index"] = lent[lots["index"]]
        guest["is_lent"][lent] = 1
        self._out = np.concatenate([self._out, going.resident[lent]])
        return with_visitors({"guest": guest, "lots": lots}, going)

    def _host(self, guests: Message) -> np.ndarray:
        """Return the account of each guest, opened at its first visit and filled with what it brings; NONE without one."""
        ledger, guest = self.home.town.ledger, guests["guest"]
        accounts = np.full(guest.size, NONE, np.int32)
        for row in np.flatnonzero(guest["is_lent"]).tolist():
            who = int(guest["home"][row]), int(guest["resident"][row])
            if who not in self._guest_accounts:
                name = f"guest:{who[0]}:{who[1]}"
                self._guest_accounts[who] = ledger.open(name, Currency.POINTS, limit=0, has_lots=True, may_owe=True)
            accounts[row] = self._guest_accounts[who]
        take_over(ledger, accounts, guests["lots"], np.where(guest["is_lent"], guest["balance"], 0), self._others, NIGHT_US)
        self._count_elsewhere(guests["lots"], -1)
        self._earned = dict.fromkeys(accounts[accounts != NONE].tolist(), 0)
        self._burned, self._expired = dict(self._earned), dict(self._earned)
        return accounts

    def _with_guests(self, people: People, guests: Message, accounts: np.ndarray) -> People:
        """Return the people of a day without those who have gone elsewhere, and with the guests."""
        as_hosted = self.home.town.visits.as_guests(visitors_in(guests), guests["guest"]["key"])
        hosted: Visitors = as_hosted._replace(account=accounts)
        self._outcomes = np.zeros(0, OUTCOME)

        def arrivals(from_min: int, to_min: int) -> Visitors:
            ours = people.arrivals(from_min, to_min)
            if self._away.size == 0 and hosted.number.size == 0:
                return ours
            stays = ~np.isin(ours.number, self._away)
            minute = hosted.arrive_us // 60_000_000
            due = (minute >= from_min) & (minute < to_min)
            both = [np.concatenate([mine[stays], theirs[due]]) for mine, theirs in zip(ours, hosted, strict=True)]
            order = np.lexsort((both[0], both[1]))
            return Visitors(*(column[order] for column in both))

        def phones(visitors: Visitors) -> Phones:
            return people.phones(visitors)

        def learn(lived: Lived) -> None:
            is_guest = np.isin(lived.outcomes["number"], hosted.number)
            self._outcomes = lived.outcomes[is_guest]
            people.learn(dataclasses.replace(lived, outcomes=np.concatenate([lived.outcomes, self._told])))

        return dataclasses.replace(people, arrivals=arrivals, phones=phones, learn=learn, posted=self._see)

    def _see(self, transfers: np.ndarray) -> None:
        """Note what guests earn, burn and lose because it ends, transfer by transfer."""
        ended = (POINTS_EXPIRED, POINTS_BREAKAGE)
        for side, sums, ends in (
            ("credit", self._earned, ()),
            ("debit", self._burned, (POINTS_REDEEMED,)),
            ("debit", self._expired, ended),
        ):
            ours = transfers[np.isin(transfers[side], list(sums))]
            other = ours["debit" if side == "credit" else "credit"]
            ours = ours[(other != self._others) & ((side == "credit") | np.isin(other, ends))]
            for account, amount in zip(ours[side].tolist(), ours["amount"].tolist(), strict=True):
                sums[account] += amount

    def _returned(self, guests: Message, accounts: np.ndarray, held: np.ndarray, balances: np.ndarray) -> Message:
        guest, lent = guests["guest"], np.flatnonzero(accounts != NONE)
        found = np.zeros(guest.size, RETURNED)
        found["home"], found["at"], found["resident"] = guest["home"], self.number, guest["resident"]
        found["is_lent"], found["lent"] = guest["is_lent"], guest["balance"]
        found["balance"][lent] = balances
        found["burned"][lent] = [self._burned[account] for account in accounts[lent].tolist()]
        found["earned"][lent] = [self._earned[account] for account in accounts[lent].tolist()]
        found["expired"][lent] = [self._expired[account] for account in accounts[lent].tolist()]
        outcome = np.zeros(guest.size, OUTCOME)
        numbers = guests["visitor number"]
        order = np.argsort(self._outcomes["number"], kind="stable")
        if order.size:
            at = np.minimum(np.searchsorted(self._outcomes["number"], numbers, sorter=order), order.size - 1)
            known = self._outcomes["number"][order[at]] == numbers
            outcome[known] = self._outcomes[order[at[known]]]
        outcome["resident"] = guest["resident"]
        lots = held.copy()
        lots["index"] = lent[lots["index"]]
        return {"returned": found, "outcome": outcome, "lots": lots}


def no_guests() -> Message:
    """Return the message of a morning on which nobody goes anywhere."""
    empty = empty_visitors(0)
    return with_visitors({"guest": np.zeros(0, GUEST), "lots": np.zeros(0, LEASED_LOT)}, empty)


def nothing_returned() -> Message:
    """Return the message of an evening on which nobody goes home."""
    return {"returned": np.zeros(0, RETURNED), "outcome": np.zeros(0, OUTCOME), "lots": np.zeros(0, LEASED_LOT)}
