"""Messages that policies send: who gets one, under which number, and into which inboxes it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.crowd.promos.letters import put_letters
from sim.crowd.promos.lists import put_lists
from sim.decisions_of_policies import Send
from sim.events import EventKind
from sim.operations.policy_records import POSITIONS_MAX, Applied, Receipt, Sent, wrong_with_list
from sim.promos import Channel, Reach, Says
from sim.units import US_PER_S

if TYPE_CHECKING:
    from sim.operations.policy_switches import Switchboard

WAYS = {
    Channel.PUSH: Reach.PUSH,
    Channel.APP: Reach.APP,
    Channel.PORTAL: Reach.PORTAL,
    Channel.CHAT: Reach.CHAT,
    Channel.PAYMENT: Reach.LINKED,
}


def send_messages(board: Switchboard, now_us: int, policy: str, send: Send) -> Applied:
    """Send one thing to some people, and keep who was chosen and who was reached."""
    what = send.offer or send.unit or send.because
    refused = board.why_not_to_be_had(now_us, send.offer) if send.offer else ""
    if refused:
        return Applied(what, refused)
    if send.happening and (board.happenings is None or send.happening not in board.happenings.names):
        return Applied(what, f"no happening {send.happening!r}")
    if send.unit and send.unit not in board.compiled.unit_ids:
        return Applied(what, f"no unit {send.unit!r}")
    if send.channel not in WAYS:
        return Applied(what, f"nobody is addressed by {send.channel.name}: a trigger can")
    people = np.asarray(send.people, np.int64)
    refused = wrong_with_list(send, len(board.compiled.unit_ids))
    if refused:
        return Applied(what, refused)
    first, board.messages = board.messages, board.messages + people.size
    numbers = first + np.arange(people.size)
    at = np.minimum(np.searchsorted(board.present.person, people), max(board.present.person.size - 1, 0))
    is_here = board.present.person[at] == people if board.present.person.size else np.zeros(people.size, bool)
    is_here[is_here] &= (board.present.reach[at[is_here]] & WAYS[send.channel]) > 0
    whose = np.full(people.size, -1, np.int64)
    whose[is_here] = board.visits[at[is_here]]
    held = np.zeros(people.size, bool) if send.held is None else np.asarray(send.held, bool)
    is_here &= ~held
    if board.withheld:
        is_here &= ~np.isin(numbers, list(board.withheld))
    visits = np.full(people.size, -1, np.int64)
    visits[is_here] = board.visits[at[is_here]]
    visits[put_into_inboxes(board, now_us, send, numbers, visits)] = -1
    propensity = np.ones(people.size) if send.propensity is None else np.asarray(send.propensity, float)
    board.sent.append(
        Sent(now_us, policy, send.offer, send.channel, send.unit, send.because, first, people, visits, propensity, dict(send.features),
             held, whose, send.units, send.position)
    )  # fmt: skip
    board.receipts.append(Receipt(policy, send.offer, send.unit, send.because, first, people))
    return Applied(what, people=int((visits >= 0).sum()))


def put_into_inboxes(board: Switchboard, now_us: int, send: Send, numbers: np.ndarray, visits: np.ndarray) -> np.ndarray:
    """Put the messages into inboxes; return which of them found no party or no room."""
    mall = board.crowd.mall
    rows = board.rows_of_visits(visits)
    promo = list(board.offers).index(send.offer) if send.offer else -1
    unit = board.compiled.unit_ids.index(send.unit) if send.unit else -1
    due_us = now_us + round(send.after_s * US_PER_S)
    says = send.says
    if send.happening and board.happenings is not None:
        unit, says = board.happenings.names.index(send.happening), Says.COME
    if send.units is None:
        lost = put_letters(mall, rows, numbers, promo, unit, int(send.channel), int(says), due_us)
    else:
        lost = put_lists(mall, rows, numbers, send.units, promo, int(send.channel), int(says), due_us, int(send.position))
    for row, number in zip(rows[~lost].tolist(), numbers[~lost].tolist(), strict=True):
        board.crowd.note_of_row(now_us, EventKind.MESSAGE_SENT, row, int(send.channel), number)
    if send.units is not None:
        for row, number, shown in zip(
            rows[~lost].tolist(), numbers[~lost].tolist(), np.asarray(send.units)[~lost].tolist(), strict=True
        ):
            board.crowd.note_of_row(now_us, EventKind.PLACE_SHOWN, row, shown, POSITIONS_MAX * number + int(send.position))
    return np.flatnonzero(lost)
