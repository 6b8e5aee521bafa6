"""Messages in the crowd: they wait until a party looks, are opened or not, and may change its way."""

from __future__ import annotations

import numpy as np

from sim.crowd.happenings.wanting import agrees, fit_of
from sim.crowd.promos.appeal import depth_of, relevance_of
from sim.crowd.promos.records import LETTERS_MAX
from sim.crowd.promos.wallet import claim
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import entry, inlined, kernel, referred
from sim.promos import FATE_SLOTS, Channel, Fate, Says
from sim.random_streams import draw_word, uniform_of

OPENS, TAKES, GOES = 0, 1, 2  # draws that belong to a message


@inlined
def message_due(mall: Mall, row: int, now_us: int) -> int:
    """Return the store to go to at once because of a message read now, -1 for none; nothing is read before anything is sent."""
    if mall.params[0].has_policies == 0 or mall.shoppers[row].letters == 0:
        return -1
    return read_letters(mall, row, now_us)


@kernel
def put_letter(mall: Mall, row: int, number: int, promo: int, unit: int, channel: int, says: int, due_us: int) -> bool:
    """Let a message wait for a party; return whether there was room."""
    for slot in range(LETTERS_MAX):
        letter = mall.letters[row, slot]
        if letter.channel < 0:
            letter.due_us = due_us
            letter.letter = number
            letter.promo = promo
            letter.unit = unit
            letter.channel = channel
            letter.says = says
            letter.position = 0
            mall.shoppers[row].letters += 1
            return True
    return False


@kernel
def read_letters(mall: Mall, row: int, now_us: int) -> int:
    """Read what is due; return the store of the first message that is followed at once, -1 for none."""
    goes_to = -1
    for slot in range(LETTERS_MAX):
        letter = mall.letters[row, slot]
        if letter.channel < 0 or letter.due_us > now_us:
            continue
        fate = _read(mall, row, slot, now_us)
        if fate == Fate.FOLLOWED and goes_to < 0:
            goes_to = _place_of(mall, row, slot)
        note(mall, row, now_us, EventKind.MESSAGE_READ, letter.channel, FATE_SLOTS * (letter.letter + 1) + fate)
        letter.channel = -1
        mall.shoppers[row].letters -= 1
    return goes_to


@inlined
def _place_of(mall: Mall, row: int, slot: int) -> int:
    letter = mall.letters[row, slot]
    if letter.says == Says.COME:
        return -1
    return letter.unit if letter.unit >= 0 or letter.promo < 0 else mall.promos[letter.promo].home


@kernel
def _read(mall: Mall, row: int, slot: int, now_us: int) -> int:
    """Return what becomes of a message: opened, taken, followed at once; each a logistic law with a draw of its own."""
    letter = mall.letters[row, slot]
    params = mall.params[0]
    mind = mall.minds[row]
    shopper = mall.shoppers[row]
    unit = _place_of(mall, row, slot)
    address = mall.promos[letter.promo].key if letter.promo >= 0 else np.int64(unit + 2)
    word = draw_word(mall.keys[Stream.MESSAGE], shopper.number, address + 64 * mind.letters_read)
    mind.letters_read += 1
    if letter.channel == Channel.PUSH and mind.opted_out == 1:
        return Fate.UNREACHED
    relevance = relevance_of(mall, row, unit, now_us)
    if letter.says == Says.COME:
        relevance = fit_of(mall, row, letter.unit)
    logit = mall.channels[letter.channel].open_logit + params.relevance_weight * relevance
    logit -= params.fatigue_weight * (mind.letters_read - 1) + params.company_weight * (shopper.people - 1)
    if shopper.zone >= 0:
        logit += params.crowding_weight * mall.zones[shopper.zone].people / mall.zones[shopper.zone].area_m2
    _mind_it(mall, row, letter.channel, relevance, now_us)
    if not _says_yes(logit, uniform_of(word, OPENS) / params.position_decay**letter.position):
        return Fate.UNOPENED
    if letter.says == Says.TELL:
        return Fate.OPENED
    if letter.says == Says.COME:
        wish = params.follow_logit + params.relevance_weight * relevance
        comes = agrees(mall, row, letter.unit, wish, uniform_of(word, GOES), now_us)
        return Fate.FOLLOWED if comes else Fate.OPENED
    depth = depth_of(mall, letter.promo, unit) if letter.promo >= 0 else 0.0
    wish = params.relevance_weight * relevance + params.depth_weight * depth * (2.0 if mind.deals == 1 else 1.0)
    left_us = shopper.stay_until_us - now_us
    wish -= params.hurry_weight * max(0.0, 1.0 - left_us / params.hurry_us)
    if letter.promo >= 0:
        if not _says_yes(params.claim_logit + wish, uniform_of(word, TAKES)):
            return Fate.OPENED
        if not claim(mall, row, letter.promo, letter.letter, now_us):
            return Fate.OPENED
    if unit < 0 or shopper.leaving == 1:
        return Fate.CLAIMED if letter.promo >= 0 else Fate.OPENED
    wish -= mall.hop_s[shopper.step_free, shopper.place, unit] / params.walk_s_scale
    if _says_yes(params.follow_logit + wish, uniform_of(word, GOES)):
        return Fate.FOLLOWED
    return Fate.CLAIMED if letter.promo >= 0 else Fate.OPENED


@inlined
def _says_yes(logit: float, draw: float) -> bool:
    return draw * (1.0 + np.exp(-logit)) < 1.0


@kernel
def _mind_it(mall: Mall, row: int, channel: int, relevance: float, now_us: int) -> None:
    """A message that does not concern a party annoys; beyond what it bears, it lets the app send no more."""
    mind = mall.minds[row]
    mind.annoyed += np.float32(mall.channels[channel].annoys / (1.0 + np.exp(relevance)) * 2.0)
    if channel == Channel.PUSH and mind.annoyed > mind.bears:
        mind.opted_out = 1
        note(mall, row, now_us, EventKind.PUSH_TURNED_OFF, channel, mind.letters_read)


@entry
def _put_all(
    mall: Mall,
    rows: np.ndarray,
    numbers: np.ndarray,
    lost: np.ndarray,
    promo: int,
    unit: int,
    channel: int,
    says: int,
    due_us: int,
) -> None:
    mall = referred(mall)
    for index in range(rows.size):
        if rows[index] >= 0:
            lost[index] = not put_letter(mall, rows[index], numbers[index], promo, unit, channel, says, due_us)


def put_letters(
    mall: Mall, rows: np.ndarray, numbers: np.ndarray, promo: int, unit: int, channel: int, says: int, due_us: int
) -> np.ndarray:
    """Let a message wait for each party (row -1: nobody's); return which have found no room."""
    lost = np.ones(rows.size, bool)
    _put_all(mall, rows, np.ascontiguousarray(numbers, np.int64), lost, promo, unit, channel, says, due_us)
    return lost
