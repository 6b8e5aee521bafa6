"""Triggers: what a policy has laid out for whoever does something somewhere, evaluated at the instant."""

from __future__ import annotations

from sim.crowd.promos.letters import put_letter
from sim.crowd.promos.records import BY_TRIGGER
from sim.crowd.promos.wallet import why_not_to_be_had
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.promos import Channel, Hook, Reach
from sim.random_streams import draw_word, uniform_of

FIRED_MOST = 127  # times that a trigger fires at a party on a visit


@inlined
def pull_triggers(mall: Mall, row: int, hook: int, place: int, now_us: int) -> None:
    """The party has done something that a trigger may wait for."""
    if mall.params[0].has_policies == 1 and mall.trigger_start[hook] < mall.trigger_start[hook + 1]:
        _pull(mall, row, hook, place, now_us)


@kernel
def _pull(mall: Mall, row: int, hook: int, place: int, now_us: int) -> None:
    """Let every trigger of a hook that applies put a message, which is read after this instant: so what one entry writes is bounded."""
    mind = mall.minds[row]
    for index in range(mall.trigger_start[hook], mall.trigger_start[hook + 1]):
        trigger = mall.triggers[index]
        if mall.trigger_places[index, place] == 0 or now_us < trigger.from_us or now_us >= trigger.until_us:
            continue
        if trigger.members_only == 1 and mind.is_member == 0:
            continue
        if trigger.segment > 0 and (mind.segments >> (trigger.segment - 1)) & 1 == 0:
            continue
        fired = mall.triggered[row, trigger.slot]
        if fired >= min(trigger.per_visit, FIRED_MOST) or not _is_reached(mall, row, trigger.channel):
            continue
        word = draw_word(mall.keys[Stream.TRIGGER], mall.shoppers[row].number, trigger.key)
        if uniform_of(word, fired) >= trigger.share:
            continue
        if trigger.promo >= 0 and why_not_to_be_had(mall, trigger.promo, now_us) >= 0:
            continue
        later_us = 0 if hook == Hook.ARRIVED else 1  # at the door it is read before the first decision
        due_us = max(now_us + later_us, now_us + trigger.after_us)
        if put_letter(mall, row, BY_TRIGGER - trigger.slot, trigger.promo, trigger.unit, trigger.channel, trigger.says, due_us):
            mall.triggered[row, trigger.slot] += 1
            trigger.fired += 1
            note(mall, row, now_us, EventKind.TRIGGERED, trigger.slot, trigger.promo)


@kernel
def _is_reached(mall: Mall, row: int, channel: int) -> bool:
    """Return whether a channel reaches the party: what needs a phone or an account reaches whoever has it."""
    reach = mall.minds[row].reach
    if channel == Channel.PUSH:
        return reach & Reach.PUSH != 0 and mall.minds[row].opted_out == 0
    if channel == Channel.APP:
        return reach & Reach.APP != 0
    if channel == Channel.PORTAL:
        return reach & Reach.PORTAL != 0
    if channel == Channel.CHAT:
        return reach & Reach.CHAT != 0
    if channel == Channel.PAYMENT:
        return mall.errands[row].payments > 0
    return True
