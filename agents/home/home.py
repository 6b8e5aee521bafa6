"""People at home over the days: a morning's messages, the coupons and the news that they leave, and the evening's account of both."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.home.messages import HomeFate, Reading
from agents.home.offers import Offers, sure_fen_of
from agents.home.platform import Register, Tables
from agents.home.tally import HomeTally
from agents.home.ties import Ties
from agents.home.wallets import COUPON, Wallets
from agents.membership import Memory
from agents.population import Residents
from sim.config import RunConfig
from sim.crowd.brands import brands_of
from sim.decisions_of_home import HomeDecision, Invite, OfferAtHome, Print, SendHome, ShowCode
from sim.decisions_of_policies import SetBudget
from sim.events import EventKind, EventLog
from sim.home import HomeDay, HomeSays, HomeWay, Members, band_of
from sim.home_law import fading, news_log, odds_factor, remembers, trip_pull
from sim.lived import Lived
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stable_key, stream_key, uniforms
from sim.visitors import NOBODY, Visitors

CENTIPOINTS = 100
NEWS_MOST = 1.3  # log of the factor that all news together add up to, either way
NEWS_LEAST = 1e-4  # below it is forgotten
ADDRESS_STEP = 8  # draws of one message
Decide = Callable[[Members, dict[str, tuple[int, int, int]]], Sequence[tuple[str, HomeDecision]]]


@dataclass(frozen=True)
class SentHome:
    """One decision to send, as it is kept: who was chosen with what probability and why, and what became of it."""

    policy: str
    way: HomeWay
    says: HomeSays
    offer: str
    because: str
    first: int  # number of the first message; the others follow in the order of people
    people: np.ndarray
    propensity: np.ndarray
    features: dict[str, np.ndarray]
    fate: np.ndarray  # int8 HomeFate: the truth


class Home:
    """All that lives on at home from day to day: wallets, news, ties to the mall's account, subscriptions, budgets."""

    def __init__(
        self, config: RunConfig, compiled: CompiledPlan, residents: Residents, memory: Memory, numbers: np.ndarray
    ) -> None:
        self._config, self._residents, self._memory = config, residents, memory
        self._law, self._unit_ids = config.home, compiled.unit_ids
        self.register = Register(config, compiled, residents, numbers)
        self._reading = Reading(config, residents, brands_of(compiled, config))
        usual_fen = np.array([100.0 * config.categories[trade].basket_yuan_mean for trade in compiled.tenant_categories])
        self.offers, self.wallets = Offers(compiled.unit_ids, usual_fen), Wallets()
        self.ties = Ties(config, residents)
        self.news = np.zeros(residents.key.size, np.float32)  # log of what was read at home does to visits
        self.tally = HomeTally()
        self.messages = 0
        self._members: Members | None = None
        self._sent: list[SentHome] = []
        self._verdicts: list[tuple[str, str, str, str]] = []
        self._shows_code = False
        self._day = 0
        self._because = np.zeros(0, np.int64)  # residents who come today and would not have come
        self._live = np.zeros(0, np.int64)  # numbers of the offers of which coupons are out this morning
        self._used: list[np.ndarray] = []

    def read_tables(self, tables: Tables, day: int) -> None:
        """Let the platform's books know what a day's sensing has left."""
        self.register.read(tables, day)

    def morning(self, date: datetime.date, decide: Decide) -> HomeDay:
        """Let policies decide, before anybody has come, and people react; return what they bring with them."""
        self._day = date.toordinal()
        self.tally.begin()
        self._sent, self._verdicts, self._used, self._shows_code = [], [], [], False
        self.tally.expired += int(self.wallets.expire(self._day).size)
        ties = self.ties
        self._members = self.register.members(self._memory, ties.has_card, ties.follows, ties.subscribed, self._day)
        decisions = decide(self._members, self.offers.used())
        for _, (policy, decision) in sorted(enumerate(decisions), key=lambda item: (item[1][0], item[0])):
            refused = self._apply(policy, decision)
            self._verdicts.append((policy, type(decision).__name__, _what(decision), refused))
        self._live = np.unique(self.wallets.held["offer"]).astype(np.int64)
        return HomeDay(self.offers.put_up(self._live), self._reserved(), self.take, self.facts, self.log)

    def _reserved(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number in self._live.tolist():
            budget = self.offers.books[number].offer.budget
            if budget:
                held = self.wallets.held
                found[budget] = found.get(budget, 0) + int(held["reserved_fen"][held["offer"] == number].sum())
        return found

    def _apply(self, policy: str, decision: HomeDecision) -> str:
        """Do what a decision asks for; return why not, or nothing."""
        if isinstance(decision, OfferAtHome):
            return self.offers.add(policy, decision)
        if isinstance(decision, SetBudget):
            return self.offers.set_budget(policy, decision)
        if isinstance(decision, SendHome):
            return self._send(policy, decision)
        if isinstance(decision, Print):
            return self._print(policy, decision)
        if isinstance(decision, Invite):
            return self._invite(policy, decision)
        assert isinstance(decision, ShowCode)
        self._shows_code = True
        return ""

    def _reach(self, people: np.ndarray, way: int) -> tuple[np.ndarray, np.int64]:
        """Return the row of each, -1 whom this way does not lead to, who is held out, or from whom the message is withheld; and the first number."""
        members = self._members
        assert members is not None
        first, self.messages = self.messages, self.messages + people.size
        at = np.minimum(np.searchsorted(members.person, people), max(members.person.size - 1, 0))
        if not members.person.size:
            return np.full(people.size, -1, np.int64), np.int64(first)
        is_reached = (members.person[at] == people) & ((members.ways[at] & way) > 0) & ~members.is_held_out[at]
        if self._law.withheld:
            is_reached &= ~np.isin(first + np.arange(people.size), self._law.withheld)
        return np.where(is_reached, self.register.rows_of(people), -1), np.int64(first)

    def _send(self, policy: str, send: SendHome) -> str:
        units, refused = self._units_of(send.offer, send.units)
        if refused:
            return refused
        people = np.unique(np.asarray(send.people, np.int64))
        if people.size != np.asarray(send.people).size:
            return "somebody is named twice"
        rows_of_all, first = self._reach(np.asarray(send.people, np.int64), int(send.way))
        reached = np.flatnonzero(rows_of_all >= 0)
        rows = rows_of_all[reached]
        self.tally.sent += rows.size
        self.tally.cost_fen += round(self._law.message_fen * rows.size)
        self.ties.bother(self._memory, rows, send.way, send.asked)
        address = _address(policy, self._day, send.offer or ",".join(send.units) or send.because, int(send.way))
        about = self._reading.about(rows, units)
        opened = self._reading.opened(rows, address, send.way, about.relevance, send.asked)
        self.tally.opened += int(opened.sum())
        fate = np.full(people.size, HomeFate.UNREACHED, np.int8)
        fate[reached] = np.where(opened, HomeFate.OPENED, HomeFate.UNOPENED)
        if send.says == HomeSays.OFFER:
            taken = self._take(self.offers.numbers[send.offer], rows, opened, address, first + reached, False)
            fate[reached[taken]] = HomeFate.TAKEN
        else:
            self._tell(send.says, rows[opened], about.relevance[opened], bool(units.size))
        propensity = np.ones(people.size) if send.propensity is None else np.asarray(send.propensity, float)
        self._sent.append(
            SentHome(policy, send.way, send.says, send.offer, send.because, int(first), np.asarray(send.people, np.int64), propensity, dict(send.features), fate)
        )  # fmt: skip
        return ""

    def _units_of(self, offer: str, units: tuple[str, ...]) -> tuple[np.ndarray, str]:
        unknown = [unit for unit in units if unit not in self._unit_ids]
        if offer and offer not in self.offers.numbers:
            return np.zeros(0, np.int64), f"no offer {offer!r}"
        if unknown:
            return np.zeros(0, np.int64), f"no unit {unknown[0]!r}"
        if offer:
            return self.offers.books[self.offers.numbers[offer]].units, ""
        return np.array([self._unit_ids.index(unit) for unit in units], np.int64), ""

    def _tell(self, says: HomeSays, rows: np.ndarray, relevance: np.ndarray, has_units: bool) -> None:
        """What was read stays for some days: points that wait, or a programme, which draws whom it suits and puts others off."""
        memory, membership, day = self._memory, self._config.membership, self._day
        if says == HomeSays.POINTS:
            held = memory.points_centi[rows] / (CENTIPOINTS * membership.points_scale)
            log = self._law.points_pull * -np.expm1(-np.maximum(held, 0.0))
        elif has_units:
            own = memory.own_share_of_trips(day)
            log = news_log(
                self._law.news_pull, relevance, 1.0 if own is None else own[rows], membership.rivalry.new_trips_share
            )
        else:
            return
        self.news[rows] = np.clip(self.news[rows] + log, -NEWS_MOST, NEWS_MOST)

    def _take(
        self, number: int, rows: np.ndarray, opened: np.ndarray, address: int, messages: np.ndarray, is_leaflet: bool
    ) -> np.ndarray:
        """Let those who have looked take an offer, in order of their numbers while there is any; return the places of who did."""
        book, law = self.offers.books[number], self._law
        about = self._reading.about(rows, book.units)
        wish = opened & self._reading.takes(rows, address, about.relevance, book.depth) & self.wallets.room(rows, number)
        places = np.flatnonzero(wish)
        reserved = self._reserved_of(book.offer.budget)
        places = places[: self.offers.most_claims(number, reserved)]
        who, km = rows[places], self._residents.distance_km[rows[places]].astype(np.float64)
        coupons = np.zeros(places.size, COUPON)
        depth = np.full(places.size, book.depth)
        for name, value in (
            ("resident", who), ("offer", number), ("unit", about.unit[places]), ("day", self._day), ("until_day", self._day + book.days),
            ("reserved_fen", sure_fen_of(book.offer) if book.offer.budget else 0), ("message", messages[places]),
            ("pull", trip_pull(law, depth, km)), ("remembers", remembers(law, depth)), ("band", band_of(km)),
            ("is_leaflet", is_leaflet),
        ):  # fmt: skip
            coupons[name] = value
        self.wallets.add(coupons)
        book.claims += places.size
        self.tally.take_claims(coupons)
        return places

    def _reserved_of(self, budget: str) -> int:
        if not budget:
            return 0
        numbers = [number for number, book in enumerate(self.offers.books) if book.offer.budget == budget]
        held = self.wallets.held
        return int(held["reserved_fen"][np.isin(held["offer"], numbers)].sum())

    def _print(self, policy: str, printed: Print) -> str:
        if printed.offer not in self.offers.numbers:
            return f"no offer {printed.offer!r}"
        if printed.fen_each < 0 or printed.households < 0:
            return "an amount is negative"
        rows, _ = self._reach(np.asarray(printed.people, np.int64), int(HomeWay.POST))
        rows = np.unique(np.concatenate([rows[rows >= 0], self._households(printed, policy)]))
        number = self.offers.numbers[printed.offer]
        address = _address(policy, self._day, printed.offer, int(HomeWay.POST))
        about = self._reading.about(rows, self.offers.books[number].units)
        read = self._reading.opened(rows, address, HomeWay.POST, about.relevance, False)
        self.tally.leaflets += rows.size
        self.tally.leaflets_read += int(read.sum())
        self.tally.cost_fen += printed.fen_each * rows.size
        self._take(number, rows, read, address, np.full(rows.size, -1), True)
        return ""

    def _households(self, printed: Print, policy: str) -> np.ndarray:
        """Return the heads of so many households within a distance, drawn from all of them."""
        residents = self._residents
        heads = np.flatnonzero(
            (residents.first == np.arange(residents.key.size)) & (residents.distance_km <= printed.within_km)
        )
        if not heads.size or not printed.households:
            return heads[:0]
        draws = uniforms(stream_key(self._config.seed, f"leaflets {policy}"), residents.key[heads], self._day)
        found: np.ndarray = np.sort(heads[np.argsort(draws, kind="stable")[: printed.households]])
        return found

    def _invite(self, policy: str, invite: Invite) -> str:
        rows, _ = self._reach(np.asarray(invite.people, np.int64), int(HomeWay.PUSH | HomeWay.CHAT))
        rows = rows[rows >= 0]
        self.tally.invited += rows.size
        self.tally.cost_fen += round(self._law.message_fen * rows.size)
        by_push = (self._memory.push_on[rows] > 0) & (self._memory.is_member[rows] > 0)
        address = _address(policy, self._day, "invite", 0)
        for way, who in ((HomeWay.PUSH, rows[by_push]), (HomeWay.CHAT, rows[~by_push])):
            self.ties.bother(self._memory, who, way, False)
            opened = self._reading.opened(who, address, way, np.zeros(who.size), False)
            joins = who[opened & self._reading.subscribes(who, address)]
            best = self._reading.about(joins, np.arange(len(self._unit_ids), dtype=np.int64)).unit
            self.ties.subscribed[joins] = self.register.class_of_unit[best] if joins.size else best
            self.tally.subscribed += joins.size
        return ""

    def leaning(self, leaning: np.ndarray) -> np.ndarray:
        """Return by what each is likelier to come today, given that without anything known at home; the same array where nobody knows any."""
        held = self.wallets.held
        told = np.flatnonzero(self.news)
        if not held.size and not told.size:
            return leaning
        found = leaning.copy()
        chance = self._residents.visits_per_day[told] * leaning[told]
        found[told] *= odds_factor(self.news[told].astype(np.float64), np.minimum(chance, 1.0))
        pull = held["pull"] * fading(self._law, self._day - held["day"])
        found *= 1.0 + np.bincount(held["resident"], pull, minlength=found.size)
        return found

    def came(self, resident: np.ndarray, would_have: np.ndarray) -> None:
        """Know who comes today, and who of them would have come without all that."""
        self._because = resident[~would_have]
        self.tally.drawn += self._because.size

    def described(self, visitors: Visitors) -> Visitors:
        """Return parties with the coupons that they bring, and the store that each has come for."""
        held, rows = self.wallets.held, visitors.resident
        if not held.size:
            return visitors
        now = fading(self._law, self._day - held["day"])
        places = self.wallets.of(rows)
        places[rows == NOBODY] = -1
        index = np.searchsorted(self._live, held["offer"]).astype(np.int32)
        pull = np.where(places >= 0, (held["pull"] * now)[places], -1.0)
        best = places[np.arange(rows.size), pull.argmax(axis=1)]
        has = best >= 0
        draws = uniforms(stream_key(self._config.seed, "remembers coupon"), visitors.number, 0)
        goes = np.isin(rows, self._because) & (held["pull"][best] > 0)
        goes |= draws < (held["remembers"] * now)[best]
        return visitors._replace(
            coupons=np.where(places >= 0, index[places], -1).astype(np.int32),
            bound_for=np.where(has & goes, held["unit"][best], -1).astype(np.int32),
        )

    def take(self, events: EventLog) -> None:
        """See which coupons were used."""
        end = int(events.count[0])
        at = np.flatnonzero((events.kind[:end] == EventKind.COUPON_USED) & (events.place[:end] < self._live.size))
        if at.size:
            self._used.append(np.stack([events.visit[at], events.place[at].astype(np.int64), events.value[at]]))

    def learn(self, lived: Lived) -> None:
        """Close the day: coupons that were used, who has followed, what fades, who has had enough."""
        outcomes = lived.outcomes
        if self._used:
            self._use(np.concatenate(self._used, axis=1), outcomes)
        if self._shows_code:
            buyers = np.unique(outcomes["resident"][(outcomes["resident"] >= 0) & (outcomes["purchases"] > 0)])
            self.tally.new_followers += self.ties.follow(buyers, self._day)
        left, blocked = self.ties.pass_day(self._day)
        self.tally.unfollowed += left
        self.tally.blocked += blocked
        self.news *= np.float32(np.exp(-1 / self._law.news_fades_days))
        self.news[np.abs(self.news) < NEWS_LEAST] = 0.0

    def _use(self, used: np.ndarray, outcomes: np.ndarray) -> None:
        """Take used coupons out of wallets; `used`: visit, number of the offer among today's, cost."""
        numbers = self._live[used[1]]
        for number in np.unique(numbers).tolist():
            book, of = self.offers.books[number], numbers == number
            cost_fen = int(used[2][of].sum())
            book.used += int(of.sum())
            book.cost_fen += cost_fen
            self.tally.coupons_fen += cost_fen
            if book.offer.budget:
                self.offers.spent_fen[book.offer.budget] += cost_fen
        if not outcomes.size:
            return
        order = np.argsort(outcomes["number"], kind="stable")
        place = order[np.minimum(np.searchsorted(outcomes["number"], used[0], sorter=order), order.size - 1)]
        found = outcomes[place]
        known = (found["number"] == used[0]) & (found["resident"] >= 0)
        self.tally.take_used(self.wallets.use(found["resident"][known], numbers[known]), self._day)

    def facts(self) -> dict[str, Any]:
        """Return the day and the run so far in numbers."""
        assert self._members is not None
        return {
            **self.tally.facts(),
            "followers": int(self.ties.follows.sum()),
            "subscribers": int((self.ties.subscribed >= 0).sum()),
            "reachable": int(self._members.person.size),
            "coupons_out": int(self.wallets.held.size),
        }

    def log(self) -> dict[str, Any]:
        """Return the day's messages and what was refused, for whoever looks into them."""
        return {"sent": self._sent, "verdicts": self._verdicts}

    def state(self) -> dict[str, Any]:
        """Return all that lives on."""
        return {
            "held": self.wallets.held, "news": self.news, "ties": self.ties.state(), "offers": self.offers, "messages": self.messages,
            "tally": self.tally, "register": self.register.state(),
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` has returned."""
        self.wallets.held, self.news, self.offers = state["held"].copy(), state["news"].copy(), state["offers"]
        self.messages, self.tally = state["messages"], state["tally"]
        self.ties.restore(state["ties"])
        self.register.restore(state["register"])


def _address(policy: str, day: int, what: str, way: int) -> int:
    """Return the draw address of a message: what it is, never how many there were before it."""
    return (stable_key(f"{policy}/{day}/{what}/{way}") >> 16) * ADDRESS_STEP


def _what(decision: HomeDecision) -> str:
    if isinstance(decision, OfferAtHome):
        return decision.offer.name
    return str(getattr(decision, "offer", "") or getattr(decision, "name", "") or getattr(decision, "because", ""))
