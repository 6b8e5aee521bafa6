"""Who is in a party: its household's children, partner and others, then friends; and who stands in for somebody who is out already.

A party's company is told from its number and the resident it is of, never from other parties: `like` holds, for each person of a party,
the row of the resident meant. A walk-in is of a resident too, drawn by the walk-in's number, but all its people are strangers who are
only like those rows. Nobody comes twice on a day: whoever is meant in several parties is in one of them (`is_out_already`), and a
stranger alike stands in for them in the others; so that of a party only whose phones there are depends on who else comes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from agents.population import Residents, Role
from agents.social import Friendships, settled_rows
from sim.config import RunConfig
from sim.random_streams import draw_words, stream_key, uniforms

PEOPLE_MAX = 6
CHILD_YEARS = 14  # below it a child, without a phone; engineering judgement
PARTNER_SHARE = 0.6  # of partners come along when there is a place in the party; engineering judgement
OTHERS_SHARE = 0.3  # and of other people of the household; engineering judgement
LOOKED_AT = 8  # residents of whom one is drawn by how often they come, for a walk-in to be like
NOT = -1  # no person in this place of the party
STAYS_HOME = 9.0  # rank of whoever of a household does not come along


class Persons(NamedTuple):
    """People old enough for a phone, one row each, by (party, ordinal)."""

    party: np.ndarray  # int32 row of the Visitors batch
    ordinal: np.ndarray  # int8 0 for whose visit it is; children count too
    resident: np.ndarray  # int64 row of the resident, a negative number of their own for a stranger
    key: np.ndarray  # int64 the person's address for draws: the same at every visit of a resident
    is_member: np.ndarray  # int8
    app: np.ndarray  # int8 App, what became of the mall's app on the phone
    plate_key: np.ndarray  # int64 address of the party's car


class Meant(NamedTuple):
    """The parties of some visits."""

    number: np.ndarray  # int64
    people: np.ndarray  # int32
    like: np.ndarray  # int64 (visits, PEOPLE_MAX) row of the resident that each person is, or is like; NOT beyond `people`


def poisson_cdf(mean: float, most: int) -> np.ndarray:
    """Return P(N <= n) for n = 0 ... most, where all that exceeds `most` counts as `most`."""
    n = np.arange(most + 1)
    mass = np.exp(n * np.log(mean) - mean - gammaln(n + 1)) if mean > 0 else (n == 0).astype(float)
    cdf = np.cumsum(mass)
    cdf[-1] = 1.0
    return cdf


def party_sizes(lam: float, draws: np.ndarray) -> np.ndarray:
    """Return sizes 1 ... PEOPLE_MAX from a zero-truncated Poisson law (Moussaid et al. 2010)."""
    cdf = poisson_cdf(lam, PEOPLE_MAX)
    truncated = (cdf[1:] - cdf[0]) / (1 - cdf[0])
    return (1 + np.searchsorted(truncated[:-1], draws)).astype(np.int32)


class Parties:
    """The parties of one day: how large, and who is meant to be in them."""

    def __init__(
        self, config: RunConfig, residents: Residents, is_weekend: bool, friendships: Friendships | None = None
    ) -> None:
        self._config, self._residents = config, residents
        self._friendships = friendships or Friendships(config, residents)
        population = config.population
        self._lam = population.party_lambda_weekend if is_weekend else population.party_lambda_weekday
        self._children_share = 1.0
        self._children_share = self._share_brought_along()

    def meant(self, number: np.ndarray, resident: np.ndarray) -> Meant:
        """Return the parties of visits by residents (rows)."""
        people = party_sizes(self._lam, self._draw("people", number, 0))
        return Meant(number, people, self._company(number, resident, people))

    def walk_ins(self, number: np.ndarray) -> Meant:
        """Return the parties of walk-ins, who are like residents: the likelier somebody comes, the likelier one is like them."""
        residents = self._residents
        # As many rows as a power of two holds, so that a household more changes nobody.
        rows = 1 << (residents.key.size.bit_length() - 1)
        best, best_s = np.zeros(number.size, np.int64), np.full(number.size, np.inf)
        for looked_at in range(LOOKED_AT):
            row = (self._draw("like whom", number, 2 * looked_at) * rows).astype(np.int64)
            often = np.maximum(residents.visits_per_day[row], 1e-12)
            arrives_s = -np.log(self._draw("like whom", number, 2 * looked_at + 1)) / often
            best = np.where(arrives_s < best_s, row, best)
            best_s = np.minimum(best_s, arrives_s)
        return self.meant(number, best)

    def reference(self, visits: int = 4096) -> Meant:
        """Return parties that stand for all, the same on every day of a kind: what is relative to the mean is relative to theirs."""
        words = draw_words(stream_key(self._config.seed, "reference party"), np.arange(visits), 0)
        return self.walk_ins((words >> np.uint64(1)).astype(np.int64))

    def _draw(self, purpose: str, number: np.ndarray, count: np.ndarray | int) -> np.ndarray:
        return uniforms(stream_key(self._config.seed, purpose), number, count)

    def _company(self, number: np.ndarray, resident: np.ndarray, people: np.ndarray) -> np.ndarray:
        """Return the rows of each party's people: whose visit it is, who of the household comes along, then friends."""
        rank = self._keenness(number, resident)
        order = np.argsort(rank, axis=1, kind="stable")
        along = np.minimum((rank < STAYS_HOME).sum(axis=1), people - 1)
        like = np.full((number.size, PEOPLE_MAX), NOT, np.int64)
        like[:, 0] = resident
        for place in range(1, PEOPLE_MAX):
            rows = np.flatnonzero(place <= along)
            like[rows, place] = self._residents.first[resident[rows]] + order[rows, place - 1]
            rows = np.flatnonzero((place > along) & (place < people))
            like[rows, place] = resident[rows]  # somebody alike, where no friend is found
        rows = np.flatnonzero(along + 1 < people)
        index, nth, friend = self._friends(number[rows], resident[rows])
        row, place = rows[index], 1 + along[rows[index]] + nth
        found = place < people[row]
        like[row[found], place[found]] = friend[found]
        return like

    def _keenness(self, number: np.ndarray, resident: np.ndarray) -> np.ndarray:
        """Return the rank of each member of each household: children before the partner before others, STAYS_HOME for the rest."""
        residents = self._residents
        first, size = residents.first[resident], residents.size[resident]
        is_parent = residents.role[resident] <= Role.PARTNER
        rank = np.full((number.size, max(PEOPLE_MAX, int(size.max(initial=1)))), STAYS_HOME)
        for ordinal in range(rank.shape[1]):
            row = np.where(ordinal < size, first + ordinal, resident)
            is_child = residents.age_years[row] < CHILD_YEARS
            is_partner = is_parent & (residents.role[row] <= Role.PARTNER)
            share = np.select([is_child, is_partner], [self._children_share, PARTNER_SHARE], OTHERS_SHARE)
            comes = (row != resident) & (self._draw("comes along", number, ordinal) < share)
            rank[:, ordinal] = np.where(comes, np.select([is_child, is_partner], [0.0, 1.0], 2.0), STAYS_HOME)
        return rank

    def _friends(self, number: np.ndarray, resident: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (index of a visit, place among its friends, row) of the friends of other households, in an order drawn for each visit.

        They are those whom one tells of the mall (agents/social.py), of the `settled_rows`: a household more, which comes last, is
        in nobody's party whom others had before.
        """
        residents = self._residents
        index, friend = self._friendships.friends_of(resident)
        of_others = residents.household[friend] != residents.household[resident[index]]
        keep = of_others & (friend < settled_rows(residents.key.size))
        index, friend = index[keep], friend[keep]
        word = draw_words(stream_key(self._config.seed, "which friend"), number[index], residents.key[friend])
        order = np.lexsort((word, index))
        index, friend = index[order], friend[order]
        nth = np.arange(index.size) - np.searchsorted(index, index)
        return index, nth, friend

    def _share_brought_along(self) -> float:
        """Return the chance that a child of the household comes along, with which digital.adult_share of the further people are no children.

        Children come first, so that as many are in a party as come along, or as there are places. Parties of a day without any, or
        of which all children are too few, get as near as they can.
        """
        reference = self.reference(8192)
        resident = reference.like[:, 0]
        first, size = self._residents.first[resident], self._residents.size[resident]
        draws = np.full((resident.size, max(PEOPLE_MAX, int(size.max(initial=1)))), np.inf)
        for ordinal in range(draws.shape[1]):
            row = np.where(ordinal < size, first + ordinal, resident)
            is_child = (self._residents.age_years[row] < CHILD_YEARS) & (row != resident)
            draws[is_child, ordinal] = self._draw("comes along", reference.number[is_child], ordinal)
        places = reference.people - 1
        wanted = (1 - self._config.digital.adult_share) * places.sum()
        low, high = 0.0, 1.0
        for _ in range(24):
            middle = (low + high) / 2
            brought = np.minimum((draws < middle).sum(axis=1), places).sum()
            low, high = (middle, high) if brought < wanted else (low, middle)
        return high


def is_out_already(like: np.ndarray) -> np.ndarray:
    """Return for which places of a day's parties somebody stands in, whose parties are in order of the residents whose visits they are.

    Whoever comes of their own accord is in their own party; else in that of the resident of the lowest row among those who mean them.
    """
    stands_in = np.zeros(like.shape, bool)
    place, is_company = like >= 0, np.arange(like.shape[1])[None, :] > 0
    who = (2 * like + is_company)[place]
    person = like[place]
    order = np.argsort(who, kind="stable")
    again = np.zeros(who.size, bool)
    again[order[1:]] = person[order[1:]] == person[order[:-1]]
    stands_in[place] = again
    return stands_in


def strangers_of(config: RunConfig, number: np.ndarray, ordinal: np.ndarray | int) -> np.ndarray:
    """Return the address (int64) of the stranger who is the `ordinal`-th person of each visit."""
    return (draw_words(stream_key(config.seed, "stranger"), number, ordinal) >> np.uint64(1)).astype(np.int64)
