"""What a worker does: live a mall up to a step of its life. A function of what it is told; malls it still holds only save time."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.config import RunConfig
from sim.network.messages import Message
from sim.network.site import Home, Inbox, Site
from sim.network.travel import Travel
from sim.reporting.days_books import give_back

RESIDENTS_HELD = 12_000_000  # by one process, of malls between two steps: 2.5 GB; the rest are lived again from their start
History = Sequence[
    tuple[Inbox, Message | None]
]  # by day: what the mall was given at night, and its guests where the day was lived


@dataclass(frozen=True)
class Life:
    """A mall to be lived, and by which functions ("module:function"); this package does not know them."""

    number: int
    config: RunConfig
    folder: Path
    run: str  # called as function(config, folder) for a mall that meets no other
    home: str  # called as function(config); returns plan, town and what to call at the end


_HELD: dict[tuple[str, int], Site] = {}


def alone(life: Life) -> tuple[Message, dict[str, int]]:
    """Live a mall that meets no other, with its files."""
    _function(life.run)(life.config, life.folder)
    give_back()
    return {}, {}


def step(life: Life, travel: Travel, history: History) -> tuple[Message, dict[str, int]]:
    """Live a mall up to the last morning, or day, of its history, and return what it sends then; its files are written at the end."""
    inbox, guests = history[-1]
    wanted = 2 * len(history) - (guests is None)
    key = str(life.folder), life.number
    site = _HELD.pop(key, None)
    if site is not None and site.steps >= wanted:  # its answer was lost on the way
        site.home.close()
        site = None
    if site is None:
        site = Site(life.number, life.config, life.folder, Home(*_function(life.home)(life.config)), travel)
    answer: tuple[Message, dict[str, int]] = {}, {}
    while site.steps < wanted:
        day, is_day = divmod(site.steps, 2)
        inbox, guests = history[day]
        if is_day:
            assert guests is not None
            answer = site.day(guests)
        else:
            answer = site.morning(day, inbox), {}
    if wanted == 2 * life.config.days:
        site.finish()
        del site
        give_back()
    elif site.home.town.residents + sum(each.home.town.residents for each in _HELD.values()) <= RESIDENTS_HELD:
        _HELD[key] = site
    else:
        site.home.close()
    return answer


def _function(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)
