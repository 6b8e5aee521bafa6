"""What people remember between visits, and what that does to when they come again."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import numpy as np

from agents.digital import app_states
from agents.memory import life_cycle, value
from agents.memory.holdings import Holdings
from agents.memory.liked import remember_ratings
from agents.memory.messages import Messages
from agents.memory.norm import Norm
from agents.memory.often import Often
from agents.memory.recency import Recency
from agents.memory.rivals import Rivals
from agents.memory.tally import Tally
from agents.population import LifeCycle, Residents
from agents.social import Social, seeded_promoters
from sim.config import RunConfig
from sim.lived import Lived
from sim.random_streams import stream_key, uniforms
from sim.visitors import LIKED_MAX, App

FACTOR_LEAST, FACTOR_MOST = 0.05, 4.0
HEARD_MOST = 1.3  # tales add up to no more than this, in the log of the factor
ACTIVE_DAYS = 90  # a member who came within these counts as active
HEARD_LEAST = 0.05  # log of the factor below which a tale is forgotten
FEN_MAX = 2**31 - 1
SAVED = (
    "last_visit_day", "satisfaction", "expected", "heard", "received", "teller", "spent_fen", "points_centi", "visits",
    "is_member", "life_cycle", "is_seldom", "app", "push_on", "liked",
)  # fmt: skip


class _Day(NamedTuple):
    """A day's visits by resident, each once."""

    rows: np.ndarray  # int64, ascending
    satisfaction: np.ndarray  # float64, mean over its visits of the day
    spent_fen: np.ndarray  # int64
    number: np.ndarray  # int64 of its first visit to end


class Memory:
    """What each resident remembers, in arrays by row of `Residents`; carried from day to day. 55 bytes a resident."""

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        rows, membership = residents.key.size, config.membership
        self._config, self._residents = config, residents
        self._start = datetime.date.fromisoformat(config.date).toordinal()
        self.last_visit_day = np.full(rows, -1, np.int32)  # ordinal of the calendar, -1 for never in the run
        self.satisfaction = np.full(rows, membership.satisfaction_norm, np.float32)  # with the mall, of late
        self.expected = np.full(rows, membership.satisfaction_norm, np.float32)
        self.heard = np.zeros(rows, np.float16)  # log of what friends' tales do to its visits
        self.received = np.zeros(rows, np.float16)  # messages a week
        self.teller = np.full(rows, -1, np.int32)  # row of who last told it something good, until its first visit or forgotten
        self.spent_fen = np.zeros(rows, np.int32)  # since the run began
        self.holdings = Holdings(config, residents)
        self.points_centi = self.holdings.from_before_centi.copy()  # held; credited by whoever runs the days
        self.visits = np.zeros(rows, np.int16)  # days with a visit since the first, or since coming back
        self.is_member = residents.is_member.copy()
        self.is_member[self.holdings.pushed] = 1
        self.life_cycle = residents.life_cycle.copy()
        self.app = app_states(config, residents.key, self.is_member)
        self.push_on = (self.app == App.PUSH).astype(np.int8)  # lets the app send messages
        self.liked = np.full((rows, LIKED_MAX), -1, np.int32)  # units remembered with pleasure, the newest first
        self._often = Often(config, residents)
        self.is_seldom = self._often.began_seldom.copy()  # comes seldom, whatever its state
        self._norm = Norm(membership)
        self._recency = Recency(membership.recency)
        self._messages = Messages(config, residents)
        self._rivals = Rivals(config, residents)
        self._social = Social(config, residents)
        self.friendships = self._social.friendships
        self.seeds = seeded_promoters(config, residents)
        # of the last day: who came for the first time, and who had told it of the mall
        self.told_first = np.zeros(0, np.int64), np.zeros(0, np.int32)
        self._again = life_cycle.Again()
        self.tally = Tally()
        self._wifi = _free_wifi(config, residents)
        self._rate_share = (residents.visits_per_day / max(float(residents.visits_per_day.sum()), 1e-300)).astype(np.float64)
        self._factor_mean: float | None = None  # of the day last asked about, over the visits of people's own accord
        identity = config.sensing.identity
        self._joins_share = identity.portal * identity.portal_share * identity.join_share
        fades_days = max(membership.talk.fades_days, 1.0)
        self._kept_a_day = np.float16(np.exp(-1 / fades_days))

    def visit_factor(self, date: datetime.date) -> np.ndarray:
        """Return by what each resident is likelier to come on a day than of its own accord (float64, exactly 1 on the first day).

        A proportional-hazards model: recency x exp(satisfaction + points + messages + tales) x what other malls leave, within bounds;
        and more for those who came seldom when the run began and come often now, less for the others way round.
        """
        membership, day = self._config.membership, date.toordinal()
        log = np.float32(membership.satisfaction_effect) * (self.satisfaction - self.expected) + self.heard
        rows, moved = self.holdings.effect(self.points_centi, self.is_member, day - self._start)
        log[rows] += moved
        rows, moved = self._messages.effect(self.received, self.push_on)
        log[rows] += moved
        found = np.exp(log, dtype=np.float64)
        found *= self._recency.factor(self._often.rate_per_day(self.is_seldom), self.last_visit_day, self._start, day)
        found *= self._rivals.factor(self._start, day, self.points_centi, self.is_member)
        if self._wifi is not None:
            found *= self._wifi
        np.clip(found, FACTOR_LEAST, FACTOR_MOST, out=found)
        rows, lift = self._often.lift(self.is_seldom)
        found[rows] *= lift
        self._factor_mean = float((found * self._rate_share).sum())
        return found

    def own_share_of_trips(self, day: int) -> np.ndarray | None:
        """Return this mall's share of each resident's trips to malls on a day (its ordinal); None where no other mall is open."""
        return self._rivals.own_share(day, self.points_centi, self.is_member)

    def learn(self, lived: Lived) -> None:
        """Remember a day: who came and how it was, what they tell, and what a day's passing does to everybody."""
        day = lived.date.toordinal()
        self.tally.begin()
        today = _by_resident(lived.outcomes)
        self._norm.take(today.satisfaction, self.visits, self.satisfaction, self.expected)
        self._count_visits(today, day)
        self.is_seldom[today.rows] = self._often.seldom_after(today.number)
        delight = self._judge(today)
        self._forget_tales()
        self._tell(today.rows, delight, day)
        self._remember_stores(lived)
        self._remember_messages(lived)
        self.holdings.learn_habits(lived.outcomes)
        self._pass_day(day)

    def hold(self, balances_centi: np.ndarray, is_open: np.ndarray, issued_centi: int, redeemed_centi: int) -> None:
        """Know the balances of accounts that are open at the end of a day; issued and redeemed are sums of the programme's life."""
        self.holdings.take(self.points_centi, balances_centi, is_open, issued_centi, redeemed_centi)

    def enrol(self, rows: np.ndarray) -> None:
        """Make members of residents who have joined."""
        new = np.unique(rows[self.is_member[rows] == 0])
        new = new[~self.holdings.gone(new)]
        self.is_member[new] = 1
        self.app[new] = app_states(self._config, self._residents.key[new], self.is_member[new])
        self.push_on[new] = self.app[new] == App.PUSH
        self.tally.joined += new.size

    def join_by_law(self, lived: Lived) -> None:
        """Let a day's visitors who are no members join by the shares of the portal: on days lived without the mall's systems, which know it better."""
        today = _by_resident(lived.outcomes)
        others = self.is_member[today.rows] == 0
        draws = uniforms(stream_key(self._config.seed, "joins"), today.number[others], 0)
        self.enrol(today.rows[others][draws < self._joins_share])

    def _count_visits(self, today: _Day, day: int) -> None:
        """Count visits by life cycle, first visits and who caused them, and who comes again."""
        rows, tally = today.rows, self.tally
        tally.visits_of_cycle += np.bincount(self.life_cycle[rows], minlength=len(LifeCycle))
        heard = self.heard[rows].astype(np.float64)
        tally.caused_by_tales -= float(np.expm1(-heard).sum())
        moved = life_cycle.come(self.life_cycle, self.visits, rows, self._config.membership.loyal_visits)
        tellers = self.teller[moved.first]
        tally.first_visits += moved.first.size
        tally.told_first_visits += int((tellers >= 0).sum())
        tally.seeded_first_visits += int(np.isin(tellers[tellers >= 0], self.seeds).sum())
        self.told_first = moved.first, tellers.astype(np.int32)
        self.teller[moved.first] = -1
        tally.became_loyal += moved.loyal.size
        tally.won_back += moved.won_back.size
        self._again.take(day, self.last_visit_day[rows], self._start)
        self.last_visit_day[rows] = day
        self.spent_fen[rows] = np.minimum(self.spent_fen[rows].astype(np.int64) + today.spent_fen, FEN_MAX)

    def _judge(self, today: _Day) -> np.ndarray:
        """Form opinion and expectation from the day's visits; return by how much each was better than expected."""
        membership, rows = self._config.membership, today.rows
        delight: np.ndarray = today.satisfaction - self.expected[rows]
        self.satisfaction[rows] += membership.satisfaction_weight * (today.satisfaction - self.satisfaction[rows])
        self.expected[rows] += membership.expectation_weight * delight
        return delight

    def _forget_tales(self) -> None:
        """Let tales fade, and with them who told them."""
        self.heard *= self._kept_a_day
        self.teller[np.abs(self.heard) < HEARD_LEAST] = -1

    def _tell(self, rows: np.ndarray, delight: np.ndarray, day: int) -> None:
        """Let visitors tell their friends."""
        tales = self._social.tell(rows, delight, np.isin(rows, self.seeds), day)
        is_stranger = self.life_cycle[tales.listener] == LifeCycle.POTENTIAL
        added = np.bincount(tales.listener, self._social.effects(tales, is_stranger), minlength=self.heard.size)
        heard = np.flatnonzero(added)
        self.heard[heard] = np.clip(self.heard[heard] + added[heard], -HEARD_MOST, HEARD_MOST)
        is_news = tales.is_good & is_stranger
        self.teller[tales.listener[is_news]] = tales.teller[is_news]
        self.tally.good_tales += int(tales.is_good.sum())
        self.tally.bad_tales += int((~tales.is_good).sum())

    def bears_messages(self, resident: np.ndarray) -> np.ndarray:
        """Return how many annoying messages more the party of each resident bears this week (float32); strangers, whom no app reaches, any."""
        found = np.full(resident.size, np.inf, np.float32)
        if not self._config.policies:
            return found
        is_known = resident >= 0
        found[is_known] = self._messages.bears(resident[is_known], self.received)
        return found

    def _remember_messages(self, lived: Lived) -> None:
        """Remember what the app has sent on visits, and let those do so who have turned it off there."""
        if lived.letters.size == 0 or lived.outcomes.size == 0:
            return
        order = np.argsort(lived.outcomes["number"], kind="stable")
        place = np.minimum(np.searchsorted(lived.outcomes["number"], lived.letters["number"], sorter=order), order.size - 1)
        found = lived.outcomes[order[place]]
        known = (found["number"] == lived.letters["number"]) & (found["resident"] >= 0)
        resident, letters = found["resident"][known], lived.letters[known]
        rows, index = np.unique(resident, return_inverse=True)
        self._messages.take(rows, np.bincount(index, letters["received"], rows.size), self.received)
        self.tally.messages += int(letters["received"].sum())
        has_turned_off = np.unique(resident[letters["has_turned_off"] > 0])
        reacted = self._messages.turn_off(has_turned_off, self.received, self.app, self.push_on)
        self.tally.opted_out += reacted.opted_out.size
        self.tally.stopped_app += reacted.stopped.size

    def _remember_stores(self, lived: Lived) -> None:
        """Remember stores by what residents thought of them."""
        membership, outcomes, ratings = self._config.membership, lived.outcomes, lived.ratings
        if ratings.size == 0 or outcomes.size == 0:
            return
        order = np.argsort(outcomes["number"], kind="stable")
        place = np.minimum(np.searchsorted(outcomes["number"], ratings["number"], sorter=order), order.size - 1)
        found = outcomes[order[place]]
        known = (found["number"] == ratings["number"]) & (found["resident"] >= 0)
        remember_ratings(
            self.liked,
            found["resident"][known],
            ratings["unit"][known],
            ratings["stars"][known],
            membership.liked_stars,
            membership.disliked_stars,
        )

    def _pass_day(self, day: int) -> None:
        """Let a day pass for everybody: messages, absence, rewards."""
        membership, tally = self._config.membership, self.tally
        reminded = self.holdings.reminded(self.points_centi, self.is_member, self.last_visit_day, self._start, day)
        tally.messages += self._messages.send(self.received, self.push_on) + self._messages.remind(
            reminded, self.received, self.push_on
        )
        reacted = self._messages.react(self.received, self.app, self.push_on, day)
        tally.opted_out += reacted.opted_out.size
        tally.stopped_app += reacted.stopped.size
        away = day - np.where(self.last_visit_day < 0, self._start, self.last_visit_day)
        self.holdings.lose(self.is_member)
        tally.became_lost += life_cycle.lapse(self.life_cycle, away, self._often.often_per_day, membership).size
        tally.reward_fen += round(self.seeds.size * membership.seeding.reward_yuan_per_month * 100 / 30)

    def summary(self, date: datetime.date) -> dict[str, int | float | None]:
        """Return the day that was learnt last in numbers; sums are of the run so far where the name says total."""
        membership, day = self._config.membership, date.toordinal()
        lived = day - self._start + 1
        cycle = np.bincount(self.life_cycle, minlength=len(LifeCycle))
        rows, top = value.top_tenth(self.spent_fen)
        buyers = self.spent_fen > 0
        known = self.last_visit_day >= 0
        own = self._rivals.own_share(day, self.points_centi, self.is_member)
        lost = value.lost_share(self.life_cycle, np.flatnonzero(buyers))
        seen = known & (day - self.last_visit_day < ACTIVE_DAYS)
        return {
            **self.tally.numbers(),
            **{f"residents_{state.name.lower()}": int(cycle[state]) for state in LifeCycle},
            "members": int(self.is_member.sum()),
            "members_came_90d": int((seen & (self.is_member > 0)).sum()),
            "push_on": int(self.push_on.sum()),
            **self.holdings.summary(self.points_centi, self.is_member, seen),
            "satisfaction_mean_residents": float(self.satisfaction[known].mean()) if known.any() else None,
            "expected_mean_residents": float(self.expected[known].mean()) if known.any() else None,
            "visit_factor_mean": self._factor_mean,
            "own_share_of_trips": None if own is None else float((own * self._rate_share).sum()),
            "revisit_share_30d": self._again.share,
            "top_decile_spend_share": top,
            "top_decile_lost_share": value.lost_share(self.life_cycle, rows),
            "life_value_yuan_mean": value.life_value_yuan(
                self.spent_fen[buyers], lost, lived, membership.margin_share, membership.discount_per_year
            ),
        }

    def state(self) -> dict[str, np.ndarray]:
        """Return all that is remembered, by name."""
        return {
            **{name: getattr(self, name) for name in SAVED},
            "again_came": self._again.came,
            "again_again": self._again.again,
            "again_settled": self._again.settled,
            **self.holdings.saved(),
            "norm": self._norm.saved(),
            "tally": self.tally.saved(),
            "start_day": np.array([self._start]),
        }

    def restore(self, columns: dict[str, np.ndarray]) -> None:
        """Remember what another memory of the same residents has handed out by `state`."""
        for name in SAVED:
            getattr(self, name)[...] = columns[name]
        self._again.came[...], self._again.again[...] = columns["again_came"], columns["again_again"]
        self._again.settled[...] = columns["again_settled"]
        self.holdings.restore(columns)
        self._norm.restore(columns["norm"])
        self.tally.restore(columns["tally"])
        self._start = int(columns["start_day"][0])


def _by_resident(outcomes: np.ndarray) -> _Day:
    """Return a day's visits by resident; walk-ins are nobody's."""
    mine = outcomes[outcomes["resident"] >= 0]
    rows, first, index = np.unique(mine["resident"], return_index=True, return_inverse=True)
    times = np.bincount(index, minlength=rows.size)
    satisfaction = np.bincount(index, mine["satisfaction"], minlength=rows.size) / np.maximum(times, 1)
    spent_fen = np.bincount(index, mine["spent_fen"], minlength=rows.size).astype(np.int64)  # exact: far below 2^53
    return _Day(rows, satisfaction, spent_fen, mine["number"][first])


def _free_wifi(config: RunConfig, residents: Residents) -> np.ndarray | None:
    """Return how the gain by free Wi-Fi divides among residents, mean 1: all of it to those with Wi-Fi on; None where there is none.

    The calendar has multiplied everybody's visits by population.free_wifi_factor.
    """
    gain, share = config.population.free_wifi_factor, config.digital.wifi_on_share
    if gain == 1.0 or share <= 0:
        return None
    has_wifi = uniforms(stream_key(config.seed, "habit Wi-Fi on"), residents.key, 0) < share
    return np.where(has_wifi, max(0.0, 1 + (gain - 1) / share), 1.0) / gain
