"""Gifts sent online: who sends one to which friend, and whether that friend has been at the mall before."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from agents.membership import Memory
from agents.online_accounts import can_order
from agents.population import Residents
from sim.config import RunConfig
from sim.random_streams import draw_words, stream_key, uniforms

LONG_AGO_DAYS = 365.0  # who has not come for so long counts as somebody new; engineering judgement


class Gifts(NamedTuple):
    """The gifts of a day, each receiver once."""

    sender: np.ndarray  # int64 row
    receiver: np.ndarray  # int64 row
    is_first: np.ndarray  # bool: the receiver has not come for a year


def gifts_of(config: RunConfig, residents: Residents, memory: Memory, day: int) -> Gifts:
    """Return who sends whom a gift today: a friend drawn of the sender's friends, members or not."""

    def draw(purpose: str, key: np.ndarray) -> np.ndarray:
        return uniforms(stream_key(config.seed, f"online gift {purpose}"), key, day)

    senders = np.flatnonzero((draw("sent", residents.key) < config.online.gifts.per_day) & (residents.age_years >= 18))
    senders = senders[can_order(config, residents.key[senders])]
    if not senders.size:
        return Gifts(senders, senders.copy(), np.zeros(0, bool))
    index, friend = memory.friendships.friends_of(senders)
    apart = residents.household[senders[index]] != residents.household[friend]
    index, friend = index[apart], friend[apart]
    word = draw_words(stream_key(config.seed, "online gift to"), residents.key[senders[index]], day)
    rank = uniforms(word, residents.key[friend], 0)
    order = np.lexsort((rank, index))
    is_best = np.concatenate([[True], index[order][1:] != index[order][:-1]]) if order.size else np.zeros(0, bool)
    sender, receiver = senders[index[order][is_best]], friend[order][is_best]
    _, once = np.unique(receiver, return_index=True)  # of several gifts the one whose sender comes first among residents
    sender, receiver = sender[once], receiver[once]
    long_ago = np.exp(-LONG_AGO_DAYS * residents.visits_per_day[receiver].astype(np.float64))
    key = residents.key[receiver]
    is_new = uniforms(stream_key(config.seed, "online never been here"), key, 0) < long_ago
    return Gifts(sender, receiver, is_new & (memory.last_visit_day[receiver] < 0))
