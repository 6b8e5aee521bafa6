"""Puts a person's traces together: ids seen at one time in one hand are linked, linked ids are one profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.sensing.identity.ids import IdKind, Numbering, grown

UNKNOWN = -1
ACCOUNTS = (
    IdKind.NUMBER,
    IdKind.FALSE_NUMBER,
    IdKind.APP,
    IdKind.CHAT,
    IdKind.PAYMENT,
    IdKind.PARTNER,
)  # somebody has signed up
_IS_ACCOUNT = np.isin(np.arange(len(IdKind)), ACCOUNTS)
NODE = np.dtype(
    [("id", "i8"), ("person", "i8"), ("profile", "i8"), ("kind", "i1"), ("consents", "i1"), ("has_account", "i1")], align=True
)


class Ends(NamedTuple):
    """One end of each of some links."""

    id: np.ndarray  # int64
    kind: np.ndarray  # int8 IdKind
    person: np.ndarray  # int64 the phone key of its true owner, UNKNOWN allowed; truth, used by `measures` only
    consents: np.ndarray  # bool whether the owner agrees to be followed


class Links:
    """Links found in one stretch of time, put in the order in which they were made."""

    def __init__(self) -> None:
        self._found: list[tuple[np.ndarray, ...]] = []

    def add(self, steps: np.ndarray, a: Ends, b: Ends) -> None:
        """Add the links that steps (steps.STEP) make, one each."""
        self._found.append((steps["time_us"], steps["phone"], steps["kind"], *a, *b))

    def in_order(self) -> tuple[Ends, Ends]:
        """Return both ends of all links, in order of (time, phone, step)."""
        if not self._found:
            nothing = Ends(*(np.zeros(0, kind) for kind in (np.int64, np.int8, np.int64, bool)))
            return nothing, nothing
        columns = [np.concatenate(column) for column in zip(*self._found, strict=True)]
        order = np.lexsort((columns[2], columns[1], columns[0]))
        ends = [column[order] for column in columns[3:]]
        return Ends(*ends[:4]), Ends(*ends[4:])


class Mistaken:
    """Whom one system takes phones for, which by mistake is the one before in time."""

    def __init__(self) -> None:
        self._last = UNKNOWN  # at the start of the day nobody can be mistaken for another

    def taken_for(self, phones: np.ndarray, is_wrong: np.ndarray) -> np.ndarray:
        """Return whom each of the next phones is taken for, in order of time."""
        line = np.concatenate([[self._last], phones])
        self._last = int(line[-1])
        return np.where(is_wrong & (line[:-1] >= 0), line[:-1], phones)


class IdentityGraph:
    """The graph of ids; profiles are its connected components, kept up to date link by link.

    A profile goes by the number of its earliest id, so that more links change no other profile's number. `consents` and
    `has_account` stand with the id and with the profile's earliest id respectively.
    """

    def __init__(self) -> None:
        self._numbers = Numbering()
        self._nodes = np.zeros(0, NODE)

    def __len__(self) -> int:
        return len(self._numbers)

    def link(self, a: Ends, b: Ends) -> None:
        """Link each id of `a` with its partner in `b`, pair by pair in their order."""
        if not a.id.size:
            return
        rows = self._place(Ends(*(_by_turns(*column) for column in zip(a, b, strict=True)))).reshape(-1, 2).T
        roots = [self._root(row) for row in rows]
        apart = np.flatnonzero(roots[0] != roots[1])
        if not apart.size:
            return
        joined, earliest = _components(*(column[apart].tolist() for column in roots))
        has_account = self._nodes["has_account"][joined]
        self._nodes["profile"][joined] = earliest
        np.maximum.at(self._nodes["has_account"], earliest, has_account)

    def profile_of(self, ids: np.ndarray) -> np.ndarray:
        """Return the profile number (int64) of each id of any kind, -1 where it has none, is nobody's account, or may not be followed."""
        rows = self._numbers.find(ids)
        found = np.full(ids.size, UNKNOWN, np.int64)
        known = np.flatnonzero(rows >= 0)
        known = known[self._nodes["consents"][rows[known]] == 1]
        roots = self._root(rows[known])
        found[known] = np.where(self._nodes["has_account"][roots] == 1, roots, UNKNOWN)
        return found

    def id_of(self, profiles: np.ndarray) -> np.ndarray:
        """Return the earliest id of each profile: a name that means the same in a later run, where numbers do not."""
        return self._nodes["id"][profiles]

    def knows(self, ids: np.ndarray) -> np.ndarray:
        """Return whether each id has been linked with another."""
        return self._numbers.find(ids) >= 0

    def are_one(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return whether two ids are of one profile, pair by pair."""
        rows = self._numbers.find(a), self._numbers.find(b)
        found = (rows[0] >= 0) & (rows[1] >= 0)
        found[found] = self._root(rows[0][found]) == self._root(rows[1][found])
        return found

    def measures(self) -> dict[str, float | None]:
        """Return how right the profiles are, against the truth; shares of nothing are None.

        duplicate_profiles_share: people with accounts in more than one profile / people with an account. wrong_profiles_share: profiles
        with ids of more than one person / profiles. Counted are ids linked in this run (of others the owner is not known) and profiles
        with an account; whether people agree to be followed does not matter.
        """
        nodes, every = self._nodes[: len(self)], np.arange(len(self))
        root = self._root(every)
        is_seen = (nodes["person"] != UNKNOWN) & (nodes["has_account"][root] == 1)
        several = {"duplicate_profiles_share": is_seen & _IS_ACCOUNT[nodes["kind"]], "wrong_profiles_share": is_seen}
        found: dict[str, float | None] = {}
        for axis, (name, which) in enumerate(several.items()):
            pairs = np.unique(np.stack([nodes["person"][which], root[which]]), axis=1)
            _, count = np.unique(pairs[axis], return_counts=True)
            found[name] = float((count > 1).mean()) if count.size else None
        return found

    def columns(self) -> dict[str, np.ndarray]:
        """Return each id with the earliest id of its profile, for identity_links.parquet: observed data, no truth in it."""
        every = np.arange(len(self))
        root = self._root(every)
        later = np.flatnonzero(root != every)
        found: dict[str, np.ndarray] = {}
        for name, rows in (("a", root[later]), ("b", later)):
            for what in ("id", "kind", "consents"):
                found[f"{what}_{name}"] = self._nodes[what][rows]
        return found

    def take(self, columns: Mapping[str, np.ndarray]) -> None:
        """Take the links of an earlier run, as `columns` gave them; whose ids they are is not known."""
        ends = []
        for name in ("a", "b"):
            ids, kinds, consents = (np.asarray(columns[f"{what}_{name}"]) for what in ("id", "kind", "consents"))
            ends.append(Ends(ids.astype(np.int64), kinds.astype(np.int8), np.full(ids.size, UNKNOWN), consents == 1))
        self.link(*ends)

    def _place(self, ends: Ends) -> np.ndarray:
        """Return the rows of ids, new ones with a profile of their own."""
        before = len(self)
        rows = self._numbers.add(ends.id)
        self._nodes = grown(self._nodes, len(self))
        nodes, new = self._nodes, rows >= before
        nodes["id"][rows] = ends.id
        nodes["kind"][rows] = ends.kind
        nodes["person"][before : len(self)] = UNKNOWN
        is_theirs = ends.person != UNKNOWN
        nodes["person"][rows[is_theirs]] = ends.person[is_theirs]
        nodes["consents"][rows] |= ends.consents
        nodes["profile"][rows[new]] = rows[new]
        nodes["has_account"][rows[new]] = _IS_ACCOUNT[nodes["kind"][rows[new]]]
        return rows

    def _root(self, rows: np.ndarray) -> np.ndarray:
        """Return the row of the earliest id of each row's profile."""
        profile = self._nodes["profile"]
        found = profile[rows]
        while True:
            further = profile[found]
            if np.array_equal(further, found):
                return found
            found = further


def _components(a: list[int], b: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers in some pairs, each with the lowest number of those that the pairs connect it with.

    Union by the lower number, with path halving: a call has a minute's links, too few to make a sparse matrix of.
    """
    lower: dict[int, int] = {}

    def lowest(number: int) -> int:
        while (next_lower := lower.setdefault(number, number)) != number:
            lower[number] = number = lower[next_lower]
        return number

    for pair in zip(a, b, strict=True):
        one, other = sorted(map(lowest, pair))
        lower[other] = one
    return np.array(list(lower)), np.array([lowest(number) for number in lower])


def _by_turns(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.stack([a, b], axis=1).ravel()
