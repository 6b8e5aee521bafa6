"""A day's run at an instant: saved between two of its operations, and given back to a world made anew from the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.crowd.state import Meta
from sim.errors import ConfigError, EngineError, GalleriaError, Problem
from sim.ledger.records import Count
from sim.operations.clock import Operation
from sim.operations_of_day import END_US
from sim.plan_arrays import CompiledPlan
from sim.saved.forks import switch_policies
from sim.saved.known import known_parts
from sim.saved.names import SNAPSHOTS
from sim.saved.restoring import Restoring
from sim.saved.snapshot import Snapshot, write_snapshot
from sim.saved.tree import Tree
from sim.units import US_PER_S, clock_text
from sim.world import World


def save_at(world: World, instants_us: Sequence[int], command: str = "") -> None:
    """Let a world that has not begun, or has just been restored, save itself before anything happens at these instants."""
    from_us = world.clock.now_us if world.is_resumed else 0
    problems = [
        Problem(
            "--save-at",
            clock_text(each),
            f"must come after {clock_text(from_us)} and before {clock_text(END_US)}",
            "choose another instant",
        )
        for each in instants_us
        if not from_us < each < END_US
    ]
    if problems:
        raise ConfigError.of("the command line", problems)
    refuse_unsaveable(world)
    world.recorder.expect_saving()
    world.saves = [(each, lambda saved, now_us: save_day(saved, now_us, command)) for each in sorted(set(instants_us))]


def snapshot_folder(run: Path, now_us: int) -> Path:
    """Return where a run keeps its snapshot of an instant."""
    within_s = now_us % US_PER_S
    name = clock_text(now_us).replace(":", "") + (f"_{within_s:06d}" if within_s else "")
    return Path(run) / SNAPSHOTS / name


def save_day(world: World, now_us: int, command: str = "") -> None:
    """Save a world before anything happens at `now_us`. `command` is what had begun the run."""
    refuse_unsaveable(world)
    _forget_unused(world)
    tree = Tree({id(part): name for name, part in known_parts(world.config, world.compiled).items()})
    desk = world.people.desk
    roots = {
        "world": tree.take(world, "world"),
        "operations": {name: tree.take(operation, name) for name, operation in _operations(world).items()},
        "policies": None if desk is None else tree.take(desk.state(), "policies"),
    }
    tree.check(f"the run at {clock_text(now_us)} cannot be saved")
    own = {"now_us": now_us, "at": clock_text(now_us), "command": command, "tables": world.recorder.open_tables}
    folder = snapshot_folder(world.folder, now_us)
    write_snapshot(folder, "day", world.config, world.compiled.digest, tree, roots, own, world.recorder.keep)


def restore_day(world: World, snapshot: Snapshot, *, is_fork: bool = False) -> int:
    """Give a world that was just made what a snapshot says of it; return the instant from which it goes on.

    In a fork the world has other policies than the one that was saved: those that are new begin at this instant, those that are
    gone end, with their offers and triggers.
    """
    refuse_other_plan(snapshot, world.compiled)
    own, now_us = snapshot.own, int(snapshot.own["now_us"])
    restoring = Restoring(snapshot.nodes, snapshot.arrays, known_parts(world.config, world.compiled), is_fork=is_fork)
    reviews, desk, operations = list(world.policies), world.people.desk, _operations(world)
    restoring.give(snapshot.roots["world"], world, "world")
    saved = {
        name: restoring.give(value, operations[name], name)
        for name, value in snapshot.roots["operations"].items()
        if name in operations or not is_fork
    }
    world.clock.operations[:] = [saved.get(name, operation) for name, operation in operations.items()]
    remembered = restoring.give(snapshot.roots["policies"], None, "policies")
    if desk is not None and remembered is not None:
        desk.restore(remembered)
    if is_fork:
        switch_policies(world, reviews, set(snapshot.config.policies), now_us)
    world.recorder.take_back(snapshot.folder, own["tables"])
    world.clock.begin_at(now_us)
    world.is_resumed = True
    return now_us


def _operations(world: World) -> dict[str, Operation]:
    """Return the operations of a day by names that do not depend on what other operations there are."""
    found: dict[str, Operation] = {}
    for operation in world.clock.operations:
        kind = f"{operation.rank} {type(operation).__name__}"
        found[f"{kind} {sum(name.startswith(f'{kind} ') for name in found)}"] = operation
    return found


def refuse_other_plan(snapshot: Snapshot, compiled: CompiledPlan) -> None:
    """Raise GalleriaError where the floor plan has changed since."""
    found = snapshot.facts.get("floorplan_sha256")
    if found != compiled.digest:
        rule = f"the floor plan {snapshot.config.floorplan!r} has changed since: it is now {compiled.digest[:12]}"
        problem = Problem(
            "floorplan_sha256", str(found)[:12], rule, "bring the plan back as it was, or run anew with the new one"
        )
        raise GalleriaError.of(snapshot.folder, [problem])


def refuse_unsaveable(world: World) -> None:
    """Raise EngineError where SimPy processes of one's own serve, whose generators cannot be written down."""
    units = sorted(world.services)
    if units:
        rule = "is served by a SimPy process of one's own: a generator, which cannot be saved"
        way_out = "leave the service out, or save nothing"
        raise EngineError.of("snapshot", [Problem(unit, "", rule, way_out) for unit in units])


def _forget_unused(world: World) -> None:
    """Empty what buffers hold beyond their last row: it means nothing, and takes room in a file."""
    mall, ledger = world.crowd.mall, world.crowd.ledger
    for rows, used in (
        (mall.log, mall.meta[Meta.LOG_ROWS]),
        (mall.segments, mall.meta[Meta.SEGMENT_ROWS]),
        (mall.outcomes, mall.meta[Meta.OUTCOME_ROWS]),
        (mall.returns, mall.meta[Meta.RETURN_ROWS]),
        (ledger.book.transfers, ledger.book.book_counts[Count.ROWS]),
    ):
        rows[int(used) :] = 0
