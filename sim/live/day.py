"""A run that stands still after every look until somebody asks for the next one."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim import api
from sim.config import RunConfig
from sim.errors import GalleriaError
from sim.floorplan.cache import compiled_for
from sim.plan_arrays import CompiledPlan

STATES = {
    "on the way": ("walking", "crossing", "riding", "entering_mall", "leaving_mall", "entering_store", "walking_from_car", "walking_to_car"),
    "in a store": ("browsing",),
    "waiting": ("in_line", "blocked", "boarding", "waiting_for_food", "waiting_for_show", "meeting", "orienting", "stranded"),
    "being served": ("in_service", "eating", "watching", "at_desk", "attending", "away"),
}  # fmt: skip
_GROUP_OF = {state: group for group, (_, states) in enumerate(STATES.items()) for state in states}
LONG_S = 600.0  # a look that takes longer has hung


@dataclass(frozen=True)
class Frame:
    """What one look saw; arrays have one value for each party that stands somewhere in the building."""

    time_s: float  # since midnight of the run's day
    x_m: np.ndarray
    y_m: np.ndarray
    level: np.ndarray  # index among the plan's levels
    group: np.ndarray  # index among STATES
    parties: int  # in the building or its car parks
    people: int
    waiting_s_max: float  # the longest that any of them has stood in lines
    so_far: dict[str, float]  # visits, people, takings_yuan


@dataclass
class History:
    """What the looks so far have counted, for a curve."""

    time_s: list[float] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    own: list[dict[str, float]] = field(default_factory=list)  # numbers of a model of one's own


class Over(Exception):
    """Nobody watches any more: the run ends where it is."""


class LiveDay:
    """A day that goes on only when it is asked to: `step()` as a Mesa model has it, `running`, and the newest `frame`.

    It runs in a thread of its own, so that what is shown and what is simulated do not wait for each other longer than a look. It is
    the day that nobody watches, bit for bit: looking changes nothing.
    """

    def __init__(self, config: RunConfig, folder: Path, every_s: float = 60.0, watch: Any = None) -> None:
        """Prepare a day into a folder; `watch` is a function of a view or a Mesa model that looks as well (`sim.api.run`)."""
        self.config, self.every_s = config, every_s
        self.compiled: CompiledPlan = compiled_for(config)
        self.history = History()
        self.frame: Frame | None = None
        self.kpis: dict[str, Any] | None = None  # of the finished day
        self.mistake: str | None = None
        self._own, self._folder = watch, Path(folder)
        self._changed = threading.Condition()
        self._looks = self._wanted = 0
        self._is_over = self._has_ended = False
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether there is anything left to see."""
        return not self._has_ended

    @property
    def looks(self) -> int:
        """How many looks there have been."""
        return self._looks

    def step(self) -> None:
        """Let the day go on until the next look, and wait for it; nothing where it has ended."""
        with self._changed:
            if self._has_ended:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="live day", daemon=True)
                self._thread.start()
            self._wanted = self._looks + 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._looks >= self._wanted or self._has_ended, LONG_S)

    def close(self) -> None:
        """End the day where it is, and wait until it has let go of its files."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(LONG_S)

    def _live(self) -> None:
        try:
            result = api.run(self.config, self._folder, watch=self._look, watch_every_s=self.every_s)
            self.kpis = result.kpis
        except Over:
            pass
        except GalleriaError as mistake:
            self.mistake = str(mistake)
        except Exception as defect:  # a thread's trouble would be lost
            self.mistake = f"{type(defect).__name__}: {defect}"
        finally:
            with self._changed:
                self._has_ended = True
                self._changed.notify_all()

    def _look(self, shoppers: Any) -> None:
        self._ask_own(shoppers)
        frame = frame_of(shoppers, self.compiled)
        with self._changed:
            self.frame = frame
            self.history.time_s.append(frame.time_s)
            self.history.people.append(frame.people)
            self._looks += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_over or self._looks < self._wanted)
            if self._is_over:
                raise Over

    def _ask_own(self, shoppers: Any) -> None:
        """Let a model of one's own look, and keep the last numbers of its data collector."""
        if self._own is None:
            return
        if not hasattr(self._own, "step"):
            self._own(shoppers)
            return
        self._own.shoppers = shoppers
        self._own.step()
        collector = getattr(self._own, "datacollector", None)
        if collector is not None:
            found = {name: values[-1] for name, values in collector.model_vars.items() if values}
            self.history.own.append({name: value for name, value in found.items() if isinstance(value, int | float)})


def frame_of(shoppers: Any, compiled: CompiledPlan) -> Frame:
    """Return what is to be shown of a view of the crowd (agents.shopper_view)."""
    level = np.asarray(shoppers.get("level"))
    places = {name: place for place, name in enumerate(compiled.level_ids)}
    index = np.array([places.get(name, -1) for name in level.tolist()], int)
    is_seen = index >= 0
    group = np.array([_GROUP_OF.get(state, 0) for state in shoppers.get("state").tolist()], int)
    waited_s = shoppers.get("waited_s")
    return Frame(
        shoppers.time_s, shoppers.get("x_m")[is_seen], shoppers.get("y_m")[is_seen], index[is_seen], group[is_seen], len(shoppers),
        int(shoppers.get("people").sum()), float(waited_s.max()) if len(shoppers) else 0.0, shoppers.so_far(),
    )  # fmt: skip
