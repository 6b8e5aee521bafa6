"""Triggers that policies put up and drop: the table of them from which the crowd fires."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.crowd.promos.records import TRIGGER
from sim.decisions_of_policies import DropTrigger, PutTrigger
from sim.operations.policy_records import SEGMENTS_MAX, Applied
from sim.promos import Hook
from sim.random_streams import stable_key
from sim.units import US_PER_S

if TYPE_CHECKING:
    from sim.operations.policy_switches import Switchboard


def put_trigger(board: Switchboard, now_us: int, policy: str, trigger: PutTrigger) -> Applied:
    """Let something be sent to whoever comes to a place or does something there."""
    places = board.compiled.entrance_ids if trigger.hook == Hook.ARRIVED else board.compiled.unit_ids
    unknown = [place for place in trigger.at_units if place not in places]
    if trigger.offer and trigger.offer not in board.offers:
        return Applied(trigger.name, f"no offer {trigger.offer!r}")
    if trigger.offer and not board.is_worth_something(trigger.offer):
        return Applied(trigger.name, f"offer {trigger.offer!r} is worth nothing, and opens nothing that is")
    if unknown or (trigger.unit and trigger.unit not in board.compiled.unit_ids):
        return Applied(trigger.name, f"no place {(unknown or [trigger.unit])[0]!r}")
    if not 0 <= trigger.share <= 1 or not 0 <= trigger.segment <= SEGMENTS_MAX:
        return Applied(trigger.name, f"a share is 0 to 1, a segment 0 to {SEGMENTS_MAX}")
    if trigger.until_us <= now_us or trigger.until_us <= trigger.from_us:
        return Applied(trigger.name, "its window is over")
    board.triggers[trigger.name] = trigger
    board.trigger_policy[trigger.name] = policy
    lay_out_triggers(board)
    return Applied(trigger.name)


def drop_trigger(board: Switchboard, now_us: int, policy: str, decision: DropTrigger) -> Applied:
    """Let a trigger fire no more."""
    if decision.name not in board.triggers:
        return Applied(decision.name, f"no trigger {decision.name!r}")
    del board.triggers[decision.name]
    lay_out_triggers(board)
    return Applied(decision.name)


def lay_out_triggers(board: Switchboard) -> None:
    """Write all triggers anew, in order of (hook, name); how often each has fired is counted by events."""
    ordered = sorted(board.triggers.values(), key=lambda each: (each.hook, each.name))
    mall = board.crowd.mall
    table = np.zeros(len(ordered), TRIGGER).view(np.recarray)
    acts_at = np.zeros((len(ordered), mall.trigger_places.shape[1]), np.int8)
    names = list(board.offers)
    for index, trigger in enumerate(ordered):
        places = board.compiled.entrance_ids if trigger.hook == Hook.ARRIVED else board.compiled.unit_ids
        for name in ("from_us", "until_us", "segment", "share", "per_visit", "hook", "channel", "says", "members_only"):
            table[name][index] = getattr(trigger, name)
        table["key"][index] = stable_key(trigger.name) >> 8
        table["slot"][index] = board.trigger_slots.setdefault(trigger.name, len(board.trigger_slots))
        table["after_us"][index] = round(trigger.after_s * US_PER_S)
        table["promo"][index] = names.index(trigger.offer) if trigger.offer else -1
        table["unit"][index] = board.compiled.unit_ids.index(trigger.unit) if trigger.unit else -1
        acts_at[index] = 0 if trigger.at_units else 1
        acts_at[index, [places.index(place) for place in trigger.at_units]] = 1
    hooks = [int(trigger.hook) for trigger in ordered]
    start = np.searchsorted(hooks, np.arange(len(Hook) + 1)).astype(np.int32)
    more = np.zeros((mall.triggered.shape[0], len(board.trigger_slots) - mall.triggered.shape[1]), np.int8)
    board.crowd.mall = mall._replace(
        triggers=table,
        trigger_places=acts_at,
        trigger_start=start,
        triggered=np.concatenate([mall.triggered, more], axis=1),
    )
