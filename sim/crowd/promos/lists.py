"""Lists of places that a page of the app, the log-in page or a screen shows: a message for each, which is looked at by its position."""

from __future__ import annotations

import numpy as np

from sim.crowd.promos.letters import put_letter
from sim.crowd.promos.records import LETTERS_MAX
from sim.crowd.state import Mall, Stream
from sim.kernel import entry, kernel, referred
from sim.random_streams import uniforms

LEARNS_OF_TAGS = 1 << 21  # counts of Stream.OFFER from which it is drawn who learns that tags were handed on


@kernel
def put_in_list(
    mall: Mall, row: int, number: int, promo: int, unit: int, channel: int, says: int, due_us: int, position: int
) -> bool:
    """Let a place of a list wait for a party; return whether there was room."""
    if not put_letter(mall, row, number, promo, unit, channel, says, due_us):
        return False
    for slot in range(LETTERS_MAX):
        letter = mall.letters[row, slot]
        if letter.channel >= 0 and letter.letter == number:
            letter.position = position
    return True


@entry
def _put_all(
    mall: Mall,
    rows: np.ndarray,
    numbers: np.ndarray,
    units: np.ndarray,
    lost: np.ndarray,
    promo: int,
    channel: int,
    says: int,
    due_us: int,
    position: int,
) -> None:
    mall = referred(mall)
    for index in range(rows.size):
        if rows[index] >= 0:
            lost[index] = not put_in_list(
                mall, rows[index], numbers[index], promo, units[index], channel, says, due_us, position
            )


def put_lists(
    mall: Mall, rows: np.ndarray, numbers: np.ndarray, units: np.ndarray, promo: int, channel: int, says: int, due_us: int, position: int
) -> np.ndarray:  # fmt: skip
    """Let a place wait for each party at one position of its list (row -1: nobody's); return which have found no room."""
    lost = np.ones(rows.size, bool)
    rows, numbers, units = (np.ascontiguousarray(column, np.int64) for column in (rows, numbers, units))
    _put_all(mall, rows, numbers, units, lost, promo, channel, says, due_us, position)
    return lost


def learn_of_tags(mall: Mall, rows: np.ndarray, unit: int) -> np.ndarray:
    """Let some of the parties whose tags a store has been given learn of it, and the app send them no more; return their rows.

    Drawn once for each party and store, so that a store which is given them twice is found out once.
    """
    rows = rows[(rows >= 0) & (mall.minds["opted_out"][rows] == 0)]
    draws = uniforms(mall.keys[Stream.OFFER], mall.shoppers["number"][rows], LEARNS_OF_TAGS + unit)
    learnt = rows[draws < mall.params["tag_learnt_share"][0]]
    mall.minds["opted_out"][learnt] = 1
    return np.asarray(learnt)
