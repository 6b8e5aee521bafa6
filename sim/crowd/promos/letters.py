"""Messages in the crowd: they wait until a party looks, are opened or not, and may change its way."""

from __future__ import annotations

import numpy as np

from sim.crowd.happenings.wanting import agrees, fit_of
from sim.crowd.promos.appeal import promise_of, relevance_of
from sim.crowd.promos.records import LETTERS_MAX
from sim.crowd.promos.wallet import claim
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import entry, inlined, kernel, referred
from sim.promos import FATE_SLOTS, Channel, Fate, Says
from sim.random_streams import draw_word, uniform_of
from sim.units import US_PER_MIN

OPENS, TAKES, GOES, COMES = 0, 1, 2, 3  # draws that belong to a message
DRAWS = 64  # addresses from one minute to the next
USUAL_DEPTH = 0.2  # of an offer that annoys as much as a message is counted for


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


@kernel
def read_about(mall: Mall, row: int, unit: int, now_us: int) -> None:
    """Read what is due about the store that the party is in: nobody overlooks at the till what is about the till."""
    for slot in range(LETTERS_MAX):
        letter = mall.letters[row, slot]
        if letter.channel < 0 or letter.due_us > now_us or _place_of(mall, row, slot) != unit:
            continue
        fate = _read(mall, row, slot, now_us)
        note(mall, row, now_us, EventKind.MESSAGE_READ, letter.channel, FATE_SLOTS * (letter.letter + 1) + fate)
        letter.channel = -1
        mall.shoppers[row].letters -= 1


@inlined
def _place_of(mall: Mall, row: int, slot: int) -> int:
    letter = mall.letters[row, slot]
    if letter.says == Says.COME:
        return -1
    return letter.unit if letter.unit >= 0 or letter.promo < 0 else mall.promos[letter.promo].home


@kernel
def _read(mall: Mall, row: int, slot: int, now_us: int) -> int:
    """Return what becomes of a message: let through, opened, taken, followed at once; each a logistic law with a draw of its own.

    Its draws are addressed by the party, by what it is about and by the minute at which it came: no other message moves them.
    """
    letter, params, mind, shopper = mall.letters[row, slot], mall.params[0], mall.minds[row], mall.shoppers[row]
    unit = _place_of(mall, row, slot)
    address = mall.promos[letter.promo].key if letter.promo >= 0 else np.int64(unit + 2)
    word = draw_word(mall.keys[Stream.MESSAGE], shopper.number, address + DRAWS * (letter.due_us // US_PER_MIN))
    if not _is_let_through(mall, row, letter.channel, uniform_of(word, COMES)):
        return Fate.UNREACHED
    relevance = relevance_of(mall, row, unit, now_us)
    if letter.says == Says.COME:
        relevance = fit_of(mall, row, letter.unit)
    depth = promise_of(mall, letter.promo, unit) if letter.promo >= 0 else 0.0
    logit = mall.channels[letter.channel].open_logit + params.relevance_weight * relevance + params.day_logit
    logit -= params.fatigue_weight * mind.letters_read + params.company_weight * (shopper.people - 1)
    if shopper.zone >= 0:
        logit += params.crowding_weight * mall.zones[shopper.zone].people / max(1.0, mall.zones[shopper.zone].area_m2)
    mind.letters_read += 1
    _mind_it(mall, row, letter.channel, relevance, depth if letter.promo >= 0 else USUAL_DEPTH, now_us)
    if not _says_yes(logit, uniform_of(word, OPENS) / params.position_decay**letter.position):
        return Fate.UNOPENED
    if letter.says == Says.TELL:
        return Fate.OPENED
    if letter.says == Says.COME:
        wish = params.follow_logit + params.relevance_weight * relevance
        comes = agrees(mall, row, letter.unit, wish, uniform_of(word, GOES), now_us)
        return Fate.FOLLOWED if comes else Fate.OPENED
    wish = params.relevance_weight * relevance + params.depth_weight * depth * (params.prone_factor if mind.deals == 1 else 1.0)
    wish -= params.hurry_weight * max(0.0, 1.0 - (shopper.stay_until_us - now_us) / params.hurry_us)
    wish -= _does_not_suit(mall, row, unit, now_us)
    if letter.promo >= 0:
        if not _says_yes(params.claim_logit + wish, uniform_of(word, TAKES)):
            return Fate.OPENED
        if not claim(mall, row, letter.promo, letter.letter, now_us):
            return Fate.OPENED
    read = Fate.CLAIMED if letter.promo >= 0 else Fate.OPENED
    if (
        unit < 0
        or unit == shopper.unit
        or shopper.leaving == 1
        or not _says_yes(params.follow_logit + wish, uniform_of(word, GOES))
    ):
        return read
    return Fate.FOLLOWED


@inlined
def _is_let_through(mall: Mall, row: int, channel: int, draw: float) -> bool:
    """Return whether a message comes through: a phone may be off or silent, an app may not be let."""
    if channel != Channel.PUSH and channel != Channel.CHAT:
        return True
    if channel == Channel.PUSH and mall.minds[row].opted_out == 1:
        return False
    return draw < mall.params[0].delivered_share


@kernel
def _does_not_suit(mall: Mall, row: int, unit: int, now_us: int) -> float:
    """Return what speaks against a place now: the way to it, and that the party is not hungry where there is only food."""
    if unit < 0:
        return 0.0
    mind, shopper, params = mall.minds[row], mall.shoppers[row], mall.params[0]
    found = params.walk_weight * mall.hop_s[shopper.step_free, shopper.place, unit] / params.walk_s_scale
    is_full = now_us < mind.hungry_us or mind.meals > 0
    if mall.categories[mall.units[unit].category].has_tables == 1 and is_full:
        found += params.unhungry_utility
    return found


@inlined
def _says_yes(logit: float, draw: float) -> bool:
    return draw * (1.0 + np.exp(-logit)) < 1.0


@kernel
def _mind_it(mall: Mall, row: int, channel: int, relevance: float, depth: float, now_us: int) -> None:
    """A message annoys, one of ordinary relevance and depth as much as it is counted for; beyond what it bears, a party turns the app's off."""
    mind = mall.minds[row]
    liked = relevance + mall.params[0].depth_weight * (depth - USUAL_DEPTH)
    mind.annoyed += np.float32(mall.channels[channel].annoys * 2.0 / (1.0 + np.exp(liked)))
    if channel == Channel.PUSH and mind.opted_out == 0 and mind.annoyed > mind.bears:
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
