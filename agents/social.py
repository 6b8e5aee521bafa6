"""Who is whose friend, and what they tell each other of their visits: a rule, not a stored graph."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from agents.population import Residents, Role
from sim.catchment import residents_expected
from sim.config import RunConfig
from sim.random_streams import draw_words, stream_key, uniforms
from sim.visitors import Character

PAIR_SHARE = 0.4  # of the pairs of a circle that are friends: friends of friends mostly know each other; engineering judgement
SOCIABLE_LEAST = 0.5  # the least sociable have half as many friends as the mean, the most sociable half as many more
AGE_BAND_YEARS = 8
DISTANCE_BANDS_KM = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
BANDS = DISTANCE_BANDS_KM.size + 1
CELLS = BANDS * (1 + 127 // AGE_BAND_YEARS)


class Tales(NamedTuple):
    """Who told whom on a day: one row per listener of a tale, in order of (teller, listener)."""

    teller: np.ndarray  # int64 row of a resident
    listener: np.ndarray  # int64
    is_good: np.ndarray  # bool
    is_rewarded: np.ndarray  # bool


def settled_rows(rows: int) -> int:
    """Return how many of the first residents stay the same few or many when a household is added: `rows` cut to three binary digits."""
    step = 1 << max(rows.bit_length() - 3, 0)
    return rows // step * step


class _Circles:
    """Adults put into circles of about a size; some pairs of a circle are friends. Constant memory: one number per resident.

    How many circles there are, and how many pairs of one are friends, is told from the `settled_rows` and how many residents are
    expected; so that a household more is in a circle, and leaves who else is friends as it was.
    """

    def __init__(
        self, seed: int, name: str, residents: Residents, adults: np.ndarray, cell: np.ndarray, wanted: float, expected: int
    ) -> None:
        settled = settled_rows(residents.key.size)
        is_settled = adults < settled
        settled_adults, per_settled = max(int(is_settled.sum()), 1), max(expected / max(settled, 1), 1.0)
        people = np.bincount(cell[is_settled], minlength=CELLS) * per_settled
        circles = 2 ** np.maximum(0, np.round(np.log2(np.maximum(people, 1.0) * PAIR_SHARE / max(wanted, 0.1)))).astype(
            np.int64
        )
        offset = np.cumsum(circles) - circles
        drawn = uniforms(stream_key(seed, f"circle {name}"), residents.key[adults], 0)
        circle = offset[cell] + (drawn * circles[cell]).astype(np.int64)
        size = np.bincount(circle[is_settled], minlength=int(circles.sum()))
        others = float((size * (size - 1.0)).sum()) / settled_adults * per_settled
        self.pair_share = wanted / others if others > 0 else 0.0
        order = np.argsort(circle, kind="stable")
        self._order = adults[order].astype(np.int32)
        self._starts = np.searchsorted(circle[order], np.arange(int(circles.sum()) + 1))
        self._circle_of = np.full(residents.key.size, -1, np.int32)  # children are in none
        self._circle_of[adults] = circle

    def pairs(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (index into rows, row of another) for all others in the circles of some adults."""
        circle = self._circle_of[rows]
        first = self._starts[circle]
        count = np.maximum(self._starts[circle + 1] - first, 0)  # of children none
        index = np.repeat(np.arange(rows.size), count)
        nth = np.arange(index.size) - np.repeat(np.cumsum(count) - count, count)
        return index, self._order[np.repeat(first, count) + nth].astype(np.int64)


class Friendships:
    """Who is whose friend among the adults of the catchment: household, near ones of near age, and some anywhere."""

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        self._seed, self._residents = config.seed, residents
        adults = np.flatnonzero(residents.role != Role.CHILD)
        wanted, far = config.digital.friends_mean, config.membership.talk.far_friends_share
        band = residents.age_years[adults].astype(np.int64) // AGE_BAND_YEARS
        cell = band * BANDS + np.searchsorted(DISTANCE_BANDS_KM, residents.distance_km[adults])
        expected = residents_expected(config)
        self._circles = (
            _Circles(config.seed, "near", residents, adults, cell, wanted * (1 - far), expected),
            _Circles(config.seed, "far", residents, adults, np.zeros(adults.size, np.int64), wanted * far, expected),
        )
        self._keys = tuple(stream_key(config.seed, f"friends {name}") for name in ("near", "far"))

    def friends_of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (index into rows, row of a friend) of some adults, by index, each friend once; friendship is mutual."""
        residents = self._residents
        found = [self._household(rows)]
        for circles, key in zip(self._circles, self._keys, strict=True):
            index, other = circles.pairs(rows)
            one = residents.key[rows[index]]
            two = residents.key[other]
            pair = draw_words(key, np.minimum(one, two), np.maximum(one, two))
            share = circles.pair_share * self._sociable(one) * self._sociable(two)
            apart = residents.household[rows[index]] != residents.household[other]
            are = apart & (uniforms(key, pair, 0) < share)
            found.append((index[are], other[are]))
        index, friend = (np.concatenate(column) for column in zip(*found, strict=True))
        once = np.unique(index * residents.key.size + friend)
        return once // residents.key.size, once % residents.key.size

    def _household(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (index into rows, row) of the other adults of each household."""
        residents = self._residents
        size = residents.size[rows].astype(np.int64)
        index = np.repeat(np.arange(rows.size), size)
        nth = np.arange(index.size) - np.repeat(np.cumsum(size) - size, size)
        other = np.repeat(residents.first[rows], size) + nth
        keep = (other != rows[index]) & (residents.role[other] != Role.CHILD)
        return index[keep], other[keep]

    def _sociable(self, key: np.ndarray) -> np.ndarray:
        """Return each person's sociability, mean 1."""
        found: np.ndarray = SOCIABLE_LEAST + 2 * (1 - SOCIABLE_LEAST) * uniforms(stream_key(self._seed, "sociable"), key, 0)
        return found


class Social:
    """What visitors of a day tell their friends."""

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        self._talk, self._seeding = config.membership.talk, config.membership.seeding
        self._seed = config.seed
        self._residents = residents
        self.friendships = Friendships(config, residents)
        self._told_share = min(1.0, self._talk.friends_told / max(config.digital.friends_mean, 1e-9))
        self._talks = self._talkativeness(residents)

    def _talkativeness(self, residents: Residents) -> np.ndarray:
        """Return by Character how much each talks, 1 in the mean over the residents' visits."""
        factors = np.ones(len(Character))
        factors[Character.PROMOTER], factors[Character.QUIET] = self._talk.promoter_factor, self._talk.quiet_factor
        visits = np.bincount(residents.character, residents.visits_per_day.astype(float), minlength=len(Character))
        mean = float(factors @ visits) / max(float(visits.sum()), 1e-300)
        return factors / mean if mean > 0 else factors

    def tell(self, rows: np.ndarray, delight: np.ndarray, is_seed: np.ndarray, day: int) -> Tales:
        """Let visitors of a day tell their friends; `delight` is satisfaction above expectation, `is_seed` who is rewarded for it.

        Bad news reach more friends than good ones. Who was at the mall on that day hears as everybody does.
        """
        talk, residents = self._talk, self._residents
        key = residents.key[rows]
        rewarded = np.where(is_seed & (delight > 0), self._seeding.talk_factor, 1.0)
        share = talk.share * self._talks[residents.character[rows]] * rewarded
        talks = (np.abs(delight) > talk.surprise) & (uniforms(stream_key(self._seed, "talks"), key, day) < share)
        rows, is_good, is_seed = rows[talks], delight[talks] > 0, is_seed[talks]
        if rows.size == 0:
            return Tales(*(np.zeros(0, kind) for kind in (np.int64, np.int64, bool, bool)))
        index, friend = self.friendships.friends_of(rows)
        word = draw_words(stream_key(self._seed, "tells"), residents.key[rows[index]], residents.key[friend])
        reach = self._told_share * np.where(is_good[index], 1.0, talk.bad_news_factor)
        told = uniforms(stream_key(self._seed, "tells"), word, day) < reach
        index, friend = index[told], friend[told]
        return Tales(rows[index], friend, is_good[index], is_seed[index])

    def effects(self, tales: Tales, is_news: np.ndarray) -> np.ndarray:
        """Return what each tale adds to the log of its listener's wish to come; `is_news` to whom it says that the mall is there.

        Rewarded praise is trusted less; rewarded or not, bad news lose nothing.
        """
        talk = self._talk
        good = np.where(is_news, talk.news_effect, talk.good_effect) * np.where(tales.is_rewarded, self._seeding.trust, 1.0)
        found: np.ndarray = np.where(tales.is_good, good, -talk.bad_effect)
        return found


def seeded_promoters(config: RunConfig, residents: Residents) -> np.ndarray:
    """Return the rows (int64, ascending) of the members that the mall takes for promoters.

    It sees the true character of a share of them and takes the others for anybody; of those that look alike it draws.
    """
    wanted, seeding = config.membership.seeded_promoters, config.membership.seeding
    members = np.flatnonzero((residents.is_member > 0) & (residents.visits_per_day > 0))
    if wanted == 0 or members.size == 0:
        return np.zeros(0, np.int64)
    key = residents.key[members]
    seen, guess, draw = (uniforms(stream_key(config.seed, "seen character"), key, count) for count in range(3))
    is_promoter = residents.character[members] == Character.PROMOTER
    looks = np.where(seen < seeding.found_share, is_promoter, guess < is_promoter.mean())
    return np.sort(members[np.lexsort((draw, ~looks))[:wanted]])
