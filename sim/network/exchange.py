"""Lives all malls of a network, days in step where they have members in common; what is finished stays finished."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.errors import EngineError, Problem
from sim.experiments.kept_runs import basis_of
from sim.floorplan.cache import load_compiled
from sim.network.clearing_house import ClearingHouse
from sim.network.malls import Mall, malls_of, opening_us, require_lively
from sim.network.messages import Message, chosen, read_message, together, write_message
from sim.network.on_ray import OnRay
from sim.network.pool import Job, Pool, Processes
from sim.network.report import write_report
from sim.network.site import Inbox, no_guests, nothing_returned
from sim.network.totals import is_finished, mall_folder
from sim.network.travel import travel_of
from sim.network.work import Life, alone, step
from sim.reporting.files import json_text, write_json
from sim.reporting.manifest import config_sha256
from sim.reporting.results import RunResult

UNFINISHED = ".unfinished"  # as in the folder of a run
KEPT = ".exchange"  # messages of a run that is not finished
Count = Callable[[int, int], None]
Facts = dict[str, int]


@dataclass(frozen=True)
class Makers:
    """The functions that make and run a mall, by name ("module:function"), since this package may not know them."""

    run: str
    home: str
    preload: tuple[str, ...] = ()


@dataclass
class Lived:
    """What living a network has left beside the folders of its malls."""

    days: list[dict[int, Facts]]  # each mall's day in numbers
    clearing: dict[str, Any]
    members_common: int


def live_network(
    config: RunConfig, out: Path, makers: Makers, count: Count | None = None, command: str = "", workers: int | None = None
) -> RunResult:
    """Live every mall into `out`/malls, then write network.json, kpis.json, the report and the manifest.

    A second call with the same configuration and folder lives only what is missing. Raises ConfigError, and EngineError when all else
    is done for malls that failed several times.
    """
    started_s = time.perf_counter()
    require_lively(config)
    malls = malls_of(config)
    # Compiled here once, so that the workers find them in the cache, and a mistake in a plan is told before any mall lives.
    digests = {plan: load_compiled(Path(plan)).digest for plan in _folders(malls)}
    _prepare(out, config, digests)
    with _pool(config, makers, workers) as pool:
        network = Network(config, malls, out, makers, pool, count or (lambda _done, _total: None))
        lived = network.live_together() if config.network.travel_share > 0 and len(malls) > 1 else network.live_apart()
    result = write_report(out, config, malls, lived, digests, time.perf_counter() - started_s, command)
    shutil.rmtree(out / KEPT, ignore_errors=True)
    (out / UNFINISHED).unlink(missing_ok=True)
    return result


def can_continue(folder: Path) -> bool:
    """Say whether a folder holds a network that a run with the same configuration would complete."""
    return (folder / "malls").is_dir() and ((folder / KEPT).is_dir() or (folder / "network.json").is_file())


@dataclass
class Network:
    """Malls, and the workers that live them."""

    config: RunConfig
    malls: Sequence[Mall]
    out: Path
    makers: Makers
    pool: Pool
    count: Count

    def live_apart(self) -> Lived:
        """Live malls that have no members in common, each from beginning to end."""
        missing = [mall for mall in self.malls if not is_finished(self.out, mall)]
        done = len(self.malls) - len(missing)
        self.count(done, len(self.malls))
        failures: dict[int, str] = {}
        for job, (answer, reason) in self.pool.replies([Job(mall.number, alone, (self._life(mall),)) for mall in missing]):
            if answer is None:
                failures[job.number] = reason
            done += 1
            self.count(done, len(self.malls))
        self._refuse(failures)
        return Lived([], {}, 0)

    def live_together(self) -> Lived:
        """Live all malls day by day: mornings, then days, then the night in which the clearing house does its work."""
        network, days = self.config.network, self.config.days
        travel = travel_of(self.config, [mall.config.population.visits_per_day for mall in self.malls])
        redemption_fen = round(100 * self.config.points.redemption_yuan)
        house = ClearingHouse(
            len(self.malls), self.config.seed, network.latency_s_mean, opening_us(self.config), redemption_fen
        )
        history: dict[int, list[tuple[Inbox, Message | None]]] = {mall.number: [] for mall in self.malls}
        inbox = {mall.number: Inbox(nothing_returned(), 0) for mall in self.malls}
        facts: list[dict[int, Facts]] = []
        travelled: list[np.ndarray] = []
        total = 2 * days * len(self.malls)
        for day in range(days):
            for number, given in inbox.items():
                history[number].append((given, None))
            sent = self._stage(2 * day, travel, history, total)
            guests = _delivered({number: message for number, (message, _) in sent.items()})
            travelled += [_members(message) for message in guests.values()]
            for number in history:
                history[number][day] = inbox[number], guests[number]
            back = self._stage(2 * day + 1, travel, history, total)
            facts.append({number: figures for number, (_, figures) in back.items()})
            inbox = house.night(day, {number: message for number, (message, _) in back.items()})
        return Lived(facts, _closed(house, inbox, facts), np.unique(np.concatenate(travelled), axis=0).shape[0])

    def _stage(
        self, stage: int, travel: Any, history: Mapping[int, Sequence[Any]], total: int
    ) -> dict[int, tuple[Message, Facts]]:
        """Return what every mall sends at a step of all lives, in the order of their numbers; steps taken before are read."""
        found = {mall.number: answer for mall in self.malls if (answer := self._kept(stage, mall)) is not None}
        jobs = [
            Job(mall.number, step, (self._life(mall), travel, tuple(history[mall.number])), is_held=True)
            for mall in self.malls
            if mall.number not in found
        ]
        before = stage * len(self.malls)
        self.count(before + len(found), total)
        failures: dict[int, str] = {}
        for job, (answer, reason) in self.pool.replies(jobs):
            if answer is None:
                failures[job.number] = reason
            else:
                found[job.number] = answer
                self._keep(stage, job.number, answer)
            self.count(before + len(found), total)
        self._refuse(failures)
        return {number: found[number] for number in sorted(found)}

    def _life(self, mall: Mall) -> Life:
        return Life(mall.number, mall.config, mall_folder(self.out, mall.number), self.makers.run, self.makers.home)

    def _keep(self, stage: int, number: int, answer: tuple[Message, Facts]) -> None:
        message, facts = answer
        figures = np.frombuffer(json_text(facts, indent=None).encode(), np.uint8)
        write_message(self._path(stage, number), {**message, "facts": figures})

    def _kept(self, stage: int, mall: Mall) -> tuple[Message, Facts] | None:
        message = read_message(self._path(stage, mall.number))
        if message is None or (stage == 2 * self.config.days - 1 and not is_finished(self.out, mall)):
            return None
        return message, json.loads(message.pop("facts").tobytes().decode())

    def _path(self, stage: int, number: int) -> Path:
        return self.out / KEPT / f"{stage:05d}-{number:04d}.npz"

    def _refuse(self, failures: Mapping[int, str]) -> None:
        if failures:
            way_out = "the others are kept: give the same command and --out again to try only what is missing"
            problems = [
                Problem(f"mall {number}", failures[number], "it failed several times", way_out) for number in sorted(failures)
            ]
            raise EngineError.of(self.out, problems)


def _delivered(sent: Mapping[int, Message]) -> dict[int, Message]:
    """Return the guests of each mall, in the order of the malls they come from."""
    everybody = together([sent[number] for number in sorted(sent)], "guest") if sent else no_guests()
    return {number: chosen(everybody, "guest", np.flatnonzero(everybody["guest"]["to"] == number)) for number in sorted(sent)}


def _members(message: Message) -> np.ndarray:
    """Return home and row of the members among the guests (int64, a row each)."""
    guest = message["guest"][message["visitor is_member"] == 1]
    return np.stack([guest["home"].astype(np.int64), guest["resident"]], axis=1)


def _closed(house: ClearingHouse, inbox: Mapping[int, Inbox], facts: Sequence[Mapping[int, Facts]]) -> dict[str, Any]:
    """Return the clearing in numbers; what the last night brings home is counted with what is on its way."""
    found = house.summary()
    coming_home = sum(int(given.returned["returned"]["balance"].sum()) for given in inbox.values())
    found["in_transit_centi"] += coming_home
    found["points_elsewhere_centi"] = sum(figures["points_elsewhere_centi"] for figures in facts[-1].values())
    found["paid_between_fen"] = sum(figures["paid_to_others_fen"] for figures in facts[-1].values())
    return found


@contextmanager
def _pool(config: RunConfig, makers: Makers, workers: int | None) -> Iterator[Pool]:
    network = config.network
    number = workers or network.workers
    pool = OnRay(number, makers.preload, network.address) if network.engine == "ray" else Processes(number, makers.preload)
    with pool:
        yield pool


def _folders(malls: Sequence[Mall]) -> list[str]:
    from sim import paths

    return sorted({str(paths.find_floorplan(mall.config.floorplan)) for mall in malls})


def _prepare(out: Path, config: RunConfig, digests: Mapping[str, str]) -> None:
    """Make the folder ready; what it holds of another configuration, another code or other plans is thrown away."""
    out.mkdir(parents=True, exist_ok=True)
    # Neither the number of workers nor where they are moves a result.
    moving = dataclasses.replace(config, network=dataclasses.replace(config.network, workers=0, engine="processes", address=""))
    names = {Path(plan).name: digest for plan, digest in digests.items()}
    basis = {"config_sha256": config_sha256(moving), "basis_sha256": basis_of(names)}
    basis["basis"] = hashlib.sha256(json_text(basis).encode()).hexdigest()
    kept, known = out / "malls" / "basis.json", None
    with suppress(OSError, ValueError):
        known = json.loads(kept.read_text(encoding="utf-8"))
    if known != basis:
        shutil.rmtree(out / "malls", ignore_errors=True)
        shutil.rmtree(out / KEPT, ignore_errors=True)
    (out / "manifest.json").unlink(missing_ok=True)
    (out / UNFINISHED).write_text("network\n", encoding="utf-8")
    (out / KEPT).mkdir(exist_ok=True)
    write_json(kept, basis)
