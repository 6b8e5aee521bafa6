"""What a run says of messages and offers: what was sent, opened, taken and used, by policy, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.crowd.promos.records import BY_TRIGGER
from sim.crowd.promos.wallet import FATE_SLOTS
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.promos import Channel, Fate, Refused
from sim.reporting.event_schema import Columns
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

STEPS = ("sent", "reached", "opened", "taken", "used")
NAMES = (
    "push_sent", "push_open_share", "push_opt_out_share", "coupons_issued", "coupons_redeemed", "coupon_redemption_share",
    "coupon_cost_fen", "policy_cost_fen", "policy_cost_owner_fen",
)  # fmt: skip


class Read(NamedTuple):
    """Messages of which it is known what became, in order of time."""

    number: np.ndarray  # int64; from BY_TRIGGER downwards by triggers
    fate: np.ndarray  # int64
    channel: np.ndarray  # int32
    visit: np.ndarray  # int64


class Sums:
    """Takes batches of events in order of time; keeps a few numbers of every message and coupon of the day."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self._kept: dict[EventKind, list[np.ndarray]] = {kind: [] for kind in _KEPT}

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        for kind, kept in self._kept.items():
            at = of_kind[kind]
            if at.size:
                kept.append(np.stack([rows.visit[at], rows.place[at].astype(np.int64), rows.value[at]]))

    def of(self, kind: EventKind) -> np.ndarray:
        """Return (3, n) visit, place and value of the events of a kind."""
        return np.concatenate([np.zeros((3, 0), np.int64), *self._kept[kind]], axis=1)

    def read(self) -> Read:
        """Return what became of the messages."""
        visit, channel, value = self.of(EventKind.MESSAGE_READ)
        return Read(value // FATE_SLOTS - 1, value % FATE_SLOTS, channel.astype(np.int32), visit)

    def by_offer(self, kind: EventKind, offers: int) -> np.ndarray:
        """Return how many events of a kind there were of each offer."""
        return np.bincount(self.of(kind)[1], minlength=offers)

    def message_of_use(self) -> np.ndarray:
        """Return the number of the message that brought each coupon that was used, -1 for none."""
        claimed, used = self.of(EventKind.COUPON_CLAIMED), self.of(EventKind.COUPON_USED)
        coupons = np.concatenate([claimed[:2], used[:2]], axis=1)
        _, same = np.unique(coupons, axis=1, return_inverse=True)
        same = same.reshape(-1)  # numpy 2.0 gives it another shape
        brought_by = np.full(coupons.shape[1] + 1, -1)
        brought_by[same[: claimed.shape[1]][::-1]] = claimed[2, ::-1]
        found: np.ndarray = brought_by[same[claimed.shape[1] :]]
        return found


_KEPT = (
    EventKind.MESSAGE_READ, EventKind.PUSH_TURNED_OFF, EventKind.COUPON_CLAIMED, EventKind.COUPON_USED, EventKind.COUPON_REFUSED,
    EventKind.COUPON_RETURNED,
)  # fmt: skip


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs; nothing is known where no policy is active."""
    if not books.config.policies:
        return dict.fromkeys(NAMES)
    read = sums.read()
    push = read.channel == Channel.PUSH
    issued, redeemed = _counted(sums, books)
    used_fen, returned_fen = (int(sums.of(kind)[2].sum()) for kind in (EventKind.COUPON_USED, EventKind.COUPON_RETURNED))
    return {
        "push_sent": int(push.sum()),
        "push_open_share": _ratio(int((read.fate[push] >= Fate.OPENED).sum()), int(push.sum())),
        "push_opt_out_share": _ratio(int(sums.of(EventKind.PUSH_TURNED_OFF).shape[1]), written_to(sums)),
        "coupons_issued": issued,
        "coupons_redeemed": redeemed,
        "coupon_redemption_share": _ratio(redeemed, issued),
        "coupon_cost_fen": used_fen - returned_fen,
        "policy_cost_fen": used_fen - returned_fen + int(books.policies.get("beside_fen", 0)),
        "policy_cost_owner_fen": int(books.policies.get("owner_fen", 0)),
    }


def written_to(sums: Sums) -> int:
    """Return how many parties got messages of the app."""
    read = sums.read()
    return int(np.unique(read.visit[(read.channel == Channel.PUSH) & (read.fate != Fate.UNREACHED)]).size)


def bases(sums: Sums, books: Books) -> dict[str, int]:
    """Return what the shares are shares of, by the names of over_days.py."""
    read = sums.read()
    return {
        "messages of the app": int((read.channel == Channel.PUSH).sum()),
        "parties written to": written_to(sums),
        "coupons taken": _counted(sums, books)[0],
    }


def _counted(sums: Sums, books: Books) -> tuple[int, int]:
    """Return coupons taken and used, steps that only open the next one left out."""
    worthless = _worthless(books)
    claimed, used = (sums.by_offer(kind, worthless.size) for kind in (EventKind.COUPON_CLAIMED, EventKind.COUPON_USED))
    return int(claimed[~worthless].sum()), int(used[~worthless].sum())


def _worthless(books: Books) -> np.ndarray:
    return np.array(books.policies.get("worthless", ()), bool)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: by policy what was sent, reached, opened, taken and used; and why coupons were refused."""
    if not books.config.policies or not books.policies:
        return {}
    names = sorted(
        {*books.policies["owner"].values(), *(sent.policy for sent in books.policies["sent"])} | set(books.config.policies)
    )
    funnel = np.zeros((len(names), len(STEPS)), np.int64)
    read = sums.read()
    policy = _policy_of(read.number, books.policies, names)
    for step, least in enumerate((Fate.UNREACHED, Fate.UNOPENED, Fate.OPENED)):
        funnel[:, step] = np.bincount(policy[(policy >= 0) & (read.fate >= least)], minlength=len(names))
    owner = np.array([names.index(policy) for policy in books.policies["owner"].values()], np.int64)
    spent_fen = np.zeros(len(names), np.int64)
    worthless = _worthless(books)
    if owner.size:
        for step, kind in ((3, EventKind.COUPON_CLAIMED), (4, EventKind.COUPON_USED)):
            np.add.at(funnel[:, step], owner[~worthless], sums.by_offer(kind, owner.size)[~worthless])
        for kind, sign in ((EventKind.COUPON_USED, 1), (EventKind.COUPON_RETURNED, -1)):
            _, promo, fen = sums.of(kind)
            np.add.at(spent_fen, owner[promo], sign * fen)
    refused = np.bincount(sums.of(EventKind.COUPON_REFUSED)[2], minlength=len(Refused))
    if not funnel.any():
        return {}
    return {
        "policies": names,
        "steps": list(STEPS),
        "funnel": funnel,
        "cost_fen": spent_fen,
        "refused": {each.name.lower(): int(refused[each]) for each in Refused if refused[each]},
    }


def _policy_of(number: np.ndarray, facts: Any, names: Sequence[str]) -> np.ndarray:
    """Return which policy sent each message, -1 for none."""
    firsts = np.array([sent.first for sent in facts["sent"]], np.int64)
    senders = np.array([names.index(sent.policy) for sent in facts["sent"]] or [-1], np.int64)
    at = np.searchsorted(firsts, number, side="right") - 1
    found = np.where((number >= 0) & (at >= 0), senders[np.maximum(at, 0)], -1)
    triggers = np.array(
        [names.index(policy) if policy in names else -1 for policy in facts["trigger_policies"]] or [-1], np.int64
    )
    by_trigger = number <= BY_TRIGGER
    found[by_trigger] = triggers[np.minimum(BY_TRIGGER - number[by_trigger], triggers.size - 1)]
    return found


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    found = []
    for name, steps, fen in zip(
        curves["policies"], np.asarray(curves["funnel"]).tolist(), np.asarray(curves["cost_fen"]).tolist(), strict=True
    ):
        sent, reached, opened, taken, used = steps
        if any(steps):
            found.append(
                f"{name}: {sent:,} messages were sent, {reached:,} came through, {opened:,} were opened; {taken:,} offers were taken "
                f"and {used:,} used, which cost ¥{fen / 100:,.0f}, whoever bore it."
            )
    opt_out_share = kpis.get("push_opt_out_share")
    if opt_out_share:
        found.append(f"{100 * opt_out_share:.1f} % of the parties that the app wrote to turned its messages off.")
    if curves["refused"]:
        why = ", ".join(f"{word.replace('_', ' ')} {count:,}" for word, count in curves["refused"].items())
        found.append(f"Offers that were not given, or did not hold at the till, by reason: {why}.")
    found.append(
        "Whoever uses an offer might have bought without it: what the policies brought in is the difference to the same day without them "
        "(galleria compare shows it), not the sales that these messages preceded."
    )
    return found


TOPIC = Topic("promos", "Messages and offers", (), Sums, values, curves, words)
