"""Checkpoints of a run of several days, between two of them, so that it goes on after whatever has stopped it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from sim.days import DaysInARow
from sim.earlier_run import Columns
from sim.operations.policies import Remembers
from sim.reporting.days_books import DaysBooks
from sim.saved.known import known_parts
from sim.saved.names import CHECKPOINT, STREAMS, checkpoint_of
from sim.saved.restoring import Restoring
from sim.saved.snapshot import Snapshot, read_snapshot, write_snapshot
from sim.saved.tree import Tree

EVERY_S = 60.0  # at most so much work is lost


def is_checkpointed(folder: Path) -> bool:
    """Say whether a folder is that of a run of several days which has not ended, and has a checkpoint."""
    return checkpoint_of(folder) is not None


def read_checkpoint(folder: Path) -> Snapshot:
    """Return the last checkpoint of a run; raises GalleriaError where it is not whole, or another version's."""
    return read_snapshot(checkpoint_of(folder) or Path(folder) / CHECKPOINT, ("days",))


class Checkpoints:
    """Saves a run of several days now and then, and gives a run that was stopped back what its last checkpoint says."""

    def __init__(self, folder: Path, found: Snapshot | None = None, *, command: str = "", every_s: float = EVERY_S) -> None:
        self.command = command
        self._folder, self._found, self._every_s = Path(folder) / CHECKPOINT, found, every_s
        self._written_s = time.monotonic()
        self._parts = 0

    def begin(self, run: DaysInARow, books: DaysBooks) -> tuple[int, Mapping[str, Columns] | None]:
        """Return how many days are over, and what sensing left on the last of them."""
        books.expect_saving()
        if self._found is None:
            shutil.rmtree(self._folder, ignore_errors=True)
            return 0, None
        found = self._found
        for pairs in found.own["moves"]:
            run.move_tenants([(one, other) for one, other in pairs])
        restoring = Restoring(found.nodes, found.arrays, known_parts(run.config, run.drawn, run.compiled))
        for name, part in (("population", run.population), ("books", books)):
            restoring.give(found.roots[name], part, name)
        left = restoring.give(found.roots["left"], None, "left")
        desk, remembered = _desk_of(run), restoring.give(found.roots["policies"], None, "policies")
        if desk is not None:
            desk.restore(remembered)
        self._parts = int(found.own["parts"])
        books.take_back([self._part(number) for number in range(self._parts)])
        return int(found.own["days"]), left

    def after_day(self, run: DaysInARow, number: int, left: Mapping[str, Columns], books: DaysBooks) -> None:
        """Save the run, when the last time is long enough ago and another day follows."""
        if number + 1 == run.config.days or time.monotonic() - self._written_s < self._every_s:
            return
        part = self._part(self._parts)
        shutil.rmtree(part, ignore_errors=True)  # of a checkpoint that was never finished
        part.mkdir(parents=True)
        books.keep(part)
        tree = Tree({id(each): name for name, each in known_parts(run.config, run.drawn, run.compiled).items()})
        desk = _desk_of(run)
        roots = {
            "population": tree.take(run.population, "population"),
            "books": tree.take(books, "books"),
            "left": tree.take(dict(left), "left"),
            "policies": None if desk is None else tree.take(desk.state(), "policies"),
        }
        tree.check("the run of several days cannot be saved")
        moves = [[list(pair) for pair in pairs] for pairs in run.moves]
        own = {"days": number + 1, "parts": self._parts + 1, "moves": moves, "command": self.command}
        folder = self._folder / f"{number + 1:06d}"
        write_snapshot(folder, "days", run.config, run.drawn.digest, tree, roots, own, lambda _: None)
        for earlier in self._folder.glob("[0-9]*"):
            if earlier != folder:
                shutil.rmtree(earlier)
        self._parts += 1
        self._written_s = time.monotonic()

    def _part(self, number: int) -> Path:
        return self._folder / STREAMS / str(number)

    def end(self) -> None:
        """The run has ended: nothing of its checkpoints stays."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _desk_of(run: DaysInARow) -> Remembers | None:
    desk: Remembers | None = getattr(run.population, "policies", None)
    return desk
