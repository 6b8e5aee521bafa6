"""The members' table, which outlives the day: who is a member by which channel, since when and last seen; and how a group's members grow."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import IntEnum
from math import exp, log

import numpy as np

from sim.catchment import residents_expected
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.sensing.identity.ids import Numbering, grown
from sim.visitors import App

ACTIVE_DAYS = 90  # a member seen within as many days is active; common practice
NO_DAY = 0  # before the first day of the table


class Channel(IntEnum):
    """How somebody became a member."""

    PORTAL = 0
    APP = 1
    CARD = 2


MEMBER = np.dtype(
    [
        ("member", "i8"),
        ("joined_us", "i8"),
        ("joined", "i4"),
        ("last_seen", "i4"),
        ("channel", "i1"),
        ("app", "i1"),
        ("consents", "i1"),
        ("is_false", "i1"),
    ],
    align=True,
)  # days as ordinals of the calendar; the instant of joining for those of today


class Members:
    """The members met so far, one row each; those of old come in when they first show, so that the table holds nobody unseen."""

    def __init__(self, config: RunConfig, known: Mapping[str, np.ndarray] | None = None) -> None:
        """Begin with the members of an earlier run, as `columns` gave them, or with an empty table."""
        digital = config.digital
        self._day = datetime.date.fromisoformat(config.date).toordinal()
        self._of_old = round(
            residents_expected(config) * (digital.member_share + (1 - digital.member_share) * digital.card_share)
        )
        self._numbers = Numbering()
        self._rows = np.zeros(0, MEMBER)
        if known is not None:
            self._take(known)

    def __len__(self) -> int:
        return len(self._numbers)

    def is_in(self, members: np.ndarray, at_us: np.ndarray | int) -> np.ndarray:
        """Return whether each number was in the table at an instant of today."""
        rows = self._numbers.find(members)
        found = rows >= 0
        found[found] = self._rows["joined_us"][rows[found]] <= np.broadcast_to(at_us, rows.shape)[found]
        return found

    def see(self, members: np.ndarray, channel: Channel | np.ndarray, app: np.ndarray | int, consents: np.ndarray) -> None:
        """Note members of old, or of the table, as seen today; the channel by which the table first knew them stays."""
        rows, is_new = self._place(members)
        self._rows["channel"][rows[is_new]] = np.broadcast_to(channel, rows.shape)[is_new]
        self._rows["app"][rows], self._rows["consents"][rows] = app, consents
        self._rows["last_seen"][rows] = self._day

    def join(self, members: np.ndarray, at_us: np.ndarray, consents: np.ndarray, is_false: np.ndarray) -> None:
        """Add new members of the portal, none of whom is in the table."""
        rows, is_new = self._place(members)
        assert is_new.all()
        for name, value in (
            ("joined_us", at_us), ("joined", self._day), ("last_seen", self._day), ("channel", Channel.PORTAL),
            ("consents", consents), ("is_false", is_false),
        ):  # fmt: skip
            self._rows[name][rows] = value

    def columns(self) -> dict[str, np.ndarray]:
        """Return the table for members.parquet, by number; days are YYYY-MM-DD, empty for those of old."""
        rows = self._rows[: len(self)]
        rows = rows[np.argsort(rows["member"])]
        return {
            "member": rows["member"],
            "channel": np.array([channel.name.lower() for channel in Channel])[rows["channel"]],
            "joined": _dates(rows["joined"]),
            "last_seen": _dates(rows["last_seen"]),
            "app": np.array([state.name.lower() for state in App])[rows["app"]],
            "consents": rows["consents"].astype(bool),
            "is_false": rows["is_false"].astype(bool),
        }

    def summary(self) -> dict[str, float | int | None]:
        """Return the KPIs of the table. `members_total` counts those of old by their expected number, met or not."""
        rows = self._rows[: len(self)]
        joined = rows["joined"] != NO_DAY
        active = rows["last_seen"] > self._day - ACTIVE_DAYS
        uses = np.isin(rows["app"], (App.ACTIVE, App.PUSH))
        pushed = (rows["app"] == App.PUSH) & active & (rows["consents"] == 1)
        today = rows["last_seen"] == self._day
        return {
            "members_total": self._of_old + int(joined.sum()),
            "members_active": int(active.sum()),
            "members_new": int((rows["joined"] == self._day).sum()),
            "unique_members": int(today.sum()),
            "false_members_share": float(rows["is_false"][joined].mean()) if joined.any() else None,
            "app_active_share_of_members": float(uses[active].mean()) if active.any() else None,
            "push_reachable_members": int(pushed.sum()),
            **{f"members_seen_{channel.name.lower()}": int((rows["channel"][today] == channel).sum()) for channel in Channel},
        }

    def _place(self, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        before = len(self)
        rows = self._numbers.add(members)
        self._rows = grown(self._rows, len(self))
        self._rows["member"][rows] = members
        return rows, rows >= before

    def _take(self, known: Mapping[str, np.ndarray]) -> None:
        rows, _ = self._place(np.asarray(known["member"], np.int64))
        table = self._rows
        table["joined"][rows], table["last_seen"][rows] = _days(known["joined"]), _days(known["last_seen"])
        table["channel"][rows] = [Channel[str(name).upper()] for name in known["channel"]]
        table["app"][rows] = [App[str(name).upper()] for name in known["app"]]
        table["consents"][rows], table["is_false"][rows] = known["consents"], known["is_false"]


def is_held_out(config: RunConfig, members: np.ndarray) -> np.ndarray:
    """Return which members no policy may address, so that effects can be measured: holdout_share of them, the same on every day."""
    return uniforms(stream_key(config.seed, "held out"), members, 0) < config.sensing.identity.holdout_share


def members_after(days: float, new_per_day: float, members: float, residents: float) -> float:
    """Return the members after some days, of `residents` who all may become one.

    Innovation without imitation (Bass 1969 with q = 0): whoever is not yet a member joins at a constant rate, which today yields
    `new_per_day` of `residents - members`; so dM/dt = new_per_day (residents - M) / (residents - members).
    """
    open_to_join = residents - members
    if open_to_join <= 0:
        return members
    return residents - open_to_join * exp(-new_per_day * days / open_to_join)


def growth_of(
    new_members_per_day: float, members: float, residents: float, sites: int = 160, goals: tuple[float, ...] = (30e6, 100e6)
) -> dict[float, float | None]:
    """Return the days until a group of `sites` such malls has as many members as each goal, None where it never has.

    `new_members_per_day`, `members` and `residents` are one mall's; catchments do not overlap. Default: 140 malls and 20 resorts, on
    their way to 30 and 100 million members (Wanda article).
    """
    found: dict[float, float | None] = {}
    for goal in goals:
        wanted, open_to_join = goal / sites, residents - members
        if wanted <= members:
            found[goal] = 0.0
        elif wanted >= residents or new_members_per_day <= 0:
            found[goal] = None
        else:
            found[goal] = open_to_join / new_members_per_day * log(open_to_join / (residents - wanted))
    return found


def _dates(ordinals: np.ndarray) -> np.ndarray:
    """Return days as text, NO_DAY as the empty one."""
    days, back = np.unique(ordinals, return_inverse=True)
    return np.array([datetime.date.fromordinal(int(day)).isoformat() if day != NO_DAY else "" for day in days], "U10")[back]


def _days(dates: np.ndarray) -> np.ndarray:
    """Return the ordinals of days written as text."""
    texts, back = np.unique(np.asarray(dates).astype(str), return_inverse=True)
    days = [datetime.date.fromisoformat(str(text)).toordinal() if text else NO_DAY for text in texts]
    return np.array(days, np.int64)[back]
