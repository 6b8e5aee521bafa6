"""Measures speed and memory against their bars: each case in a process of its own, engine and peers by turns.

Nothing here fails on a slow machine: the table says what holds and what misses. This module imports nothing of the project, so that
the memory of the measured processes is theirs alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PEERS = {"edges": "A", "legs": "B"}
PEER_FILES = ("peer_mall.py", "peer_edges.py", "peer_legs.py", "day.py", "same_day.py")
PACKAGES = ("numpy", "numba", "simpy", "mesa", "pyarrow", "scipy", "shapely")
DAY_VISITS = 60_000
GROWTH_UNIT = 10_000  # visits for which the plain mall is wide enough; a day with k times as many gets a mall k times as wide


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    bar: str
    measured: str
    verdict: str  # holds, misses, or shown (no bar)


def run_case(name: str, env: dict[str, str] | None = None, **arguments: Any) -> dict[str, Any]:
    """Run one case in a process of its own and return what it measured, with the instant at which it was started."""
    command = [sys.executable, "-m", "tests.bench.cases", name, json.dumps(arguments)]
    started_at_s = time.time()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[2:])} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return {**json.loads(done.stdout.splitlines()[-1]), "started_at_s": started_at_s, "load": os.getloadavg()[0]}


def judged(value: float, bar: float, at_least: bool) -> str:
    """Return the verdict of a measured value."""
    return "holds" if (value >= bar if at_least else value <= bar) else "misses"


def spread(values: list[float], form: str = "{:,.0f}") -> str:
    """Return "median (least-most)"."""
    return form.format(median(values)) + (
        f" ({form.format(min(values))}-{form.format(max(values))})" if len(values) > 1 else ""
    )


class Bench:
    """The measurements so far."""

    def __init__(self, rounds: int, peer_visits: int, is_full: bool, has_million: bool) -> None:
        self.rounds, self.peer_visits, self.is_full, self.has_million = rounds, peer_visits, is_full, has_million
        self.rows: list[Row] = []
        self.measured: dict[str, Any] = {}

    def add(self, what: str, bar: str, measured: str, verdict: str = "shown") -> None:
        """Add a line, and show it at once."""
        self.rows.append(Row(what, bar, measured, verdict))
        print(f"  {verdict:7s} {what}: {measured}" + (f"  [bar: {bar}]" if bar else ""), flush=True)

    def engine(self) -> None:
        """The day of 60,000 visits."""
        runs = [run_case("engine", visits=DAY_VISITS) for _ in range(self.rounds)]
        self.measured["engine"] = runs
        cpu = [run["visits"] / run["engine_cpu_s"] for run in runs]
        wall = [run["visits"] / run["engine_s"] for run in runs]
        self.add(
            "engine, shoppers/s of one core (processor time)", "at least 40,000", spread(cpu), judged(median(cpu), 40_000, True)
        )
        self.add("the same by the clock on the wall", "", spread(wall))
        one = runs[0]
        self.add("nanoseconds an event", "", spread([1e9 * run["engine_cpu_s"] / run["events"] for run in runs]))
        self.add(
            "events a visit", "", f"{one['events'] / one['visits']:.1f} ({one['visits']:,} visits, {one['events']:,} events)"
        )
        self.add(
            "whole day without files, shoppers/s (processor time)",
            "",
            spread([run["visits"] / run["day_cpu_s"] for run in runs]),
        )

    def whole_run(self) -> None:
        """The same day with its files."""
        for with_report, name in ((False, "without report.html"), (True, "with report.html")):
            runs = [run_case("whole_run", visits=DAY_VISITS, report=with_report) for _ in range(self.rounds)]
            self.measured[f"whole run {name}"] = runs
            ratios = [run["run_s"] / run["engine_s"] for run in runs]
            verdict = "shown" if with_report else judged(median(ratios), 1.6, False)
            what = f"whole run with KPIs and default log, {name}, relative to the engine"
            self.add(what, "" if with_report else "at most 1.6 x", spread(ratios, "{:.2f}") + " x", verdict)
            self.add(f"the same in seconds, {name}", "", spread([run["run_s"] for run in runs], "{:.2f}") + " s")
            if not with_report:
                peaks = [run["peak_mb"] for run in runs]
                self.add("memory of that run, peak", "at most 800 MB", spread(peaks) + " MB", judged(max(peaks), 800, False))

    def peers(self) -> None:
        """Engine and peers by turns, on the same day."""
        rounds = [self._round(self.peer_visits) for _ in range(self.rounds)]
        full = [self._round(DAY_VISITS)] if self.is_full else []
        self.measured["peers"], self.measured["peers, full day"] = rounds, full
        self._compare(rounds, self.peer_visits, is_judged=not full)
        if full:
            self._compare(full, DAY_VISITS, is_judged=True)

    def _round(self, visits: int) -> dict[str, Any]:
        found = {
            "edges": run_case("peer", which="edges", visits=visits),
            "engine": run_case("engine", visits=visits, figures=True),
        }
        return {
            **found,
            "legs": run_case("peer", which="legs", visits=visits),
            "engine again": run_case("engine", visits=visits, figures=True),
        }

    def _compare(self, rounds: list[dict[str, Any]], visits: int, is_judged: bool) -> None:
        engines = {"edges": "engine", "legs": "engine again"}
        for which, bar in (("edges", 40.0), ("legs", 6.0)):
            ratios, walls, speeds = [], [], []
            for found in rounds:
                mine, other = found[engines[which]], found[which]
                speeds.append(other["visits"] / other["peer_cpu_s"])
                ratios.append(mine["visits"] / mine["engine_cpu_s"] / speeds[-1])
                walls.append((mine["visits"] / mine["engine_s"]) / (other["visits"] / other["peer_s"]))
            verdict = judged(median(ratios), bar, True) if is_judged else "shown"
            name = f"peer {PEERS[which]} ({which}), {visits:,} visits"
            self.add(
                f"engine against {name}", f"at least {bar:g} x" if is_judged else "", spread(ratios, "{:.1f}") + " x", verdict
            )
            self.add(f"the same by the clock on the wall, {which}", "", spread(walls, "{:.1f}") + " x")
            self.add(f"{name}, shoppers/s", "", spread(speeds))
        self._show_same_day(rounds[0], visits)

    def _show_same_day(self, found: dict[str, Any], visits: int) -> None:
        mine, edges, legs = (found[name]["figures"] for name in ("engine", "edges", "legs"))
        print(f"\n  The same day? ({visits:,} visits)".ljust(46) + f"{'engine':>12s}{'peer A':>12s}{'peer B':>12s}")
        for name in mine:
            print(f"    {name:40s}{mine[name]:12,.2f}{edges[name]:12,.2f}{legs[name]:12,.2f}")
        print(flush=True)

    def station(self) -> None:
        """One queue."""
        runs = [run_case("station") for _ in range(self.rounds)]
        self.measured["station"] = runs
        speeds = [run["customers"] / run["station_cpu_s"] for run in runs]
        self.add("a single station, customers/s", "at least 2,000,000", spread(speeds), judged(median(speeds), 2e6, True))
        self.add("the same, s for 10 million services", "at most 5", spread([1e7 / speed for speed in speeds], "{:.1f}"))
        self.add("SimPy's Resource, customers/s", "", spread([run["simpy_customers"] / run["simpy_cpu_s"] for run in runs]))

    def transfers(self) -> None:
        """The ledger's kernels alone."""
        runs = [run_case("transfers") for _ in range(self.rounds)]
        self.measured["transfers"] = runs
        for kind, what in (
            ("plain", "plain"),
            ("points", "of points, earned into lots and burned"),
            ("chains", "in chains of three, one in eight failing"),
        ):
            speeds = [run[f"{kind}_per_s"] for run in runs]
            self.add(f"transfers/s, {what}", "at least 5,000,000", spread(speeds), judged(median(speeds), 5e6, True))

    def fixes(self) -> None:
        """Positions of phones."""
        runs = [run_case("fixes") for _ in range(self.rounds)]
        self.measured["fixes"] = runs
        for name, what, bar in (
            ("full", "full radio and k-NN", 50_000),
            ("surrogate", "the surrogate", 2_000_000),
            ("law", "a Gaussian law", 0),
        ):
            speeds = [run[name]["fixes"] / run[name]["s"] for run in runs]
            verdict = judged(median(speeds), bar, True) if bar else "shown"
            self.add(f"fixes/s by {what}", f"at least {bar:,}" if bar else "", spread(speeds), verdict)
        one = runs[0]
        self.add(
            "error quantiles of the surrogate against the full radio, p25 to p95, largest difference", "at most 5 %",
            f"{100 * one['disagreement']:.1f} %", judged(one["disagreement"], 0.05, False),
        )  # fmt: skip
        for name in ("full", "surrogate"):
            self.add(
                f"error at p25, p50, p75, p90, p95, {name}",
                "",
                ", ".join(f"{error_m:.2f}" for error_m in one[name]["error_m"]) + " m",
            )
        sizes = ", ".join(f"{kind} {size_mb:.1f} MB" for kind, size_mb in sorted(one["kit_mb"].items()))
        self.add(
            "radio maps, survey and error law made anew", "", f"{spread([run['kit_s'] for run in runs], '{:.1f}')} s; {sizes}"
        )
        days = [run_case("sensed_day", visits=DAY_VISITS) for _ in range(self.rounds)]
        self.measured["sensed day"] = days
        ratios = [day["relative"] for day in days]
        what = f"a day of {DAY_VISITS:,} visits with positions by the surrogate, what they cost relative to the engine"
        self.add(what, "at most 1.5 x", spread(ratios, "{:.2f}") + " x", judged(median(ratios), 1.5, False))

    def growth(self) -> None:
        """Ten and a hundred times the visits, in a mall as many times as wide."""
        sizes = [10_000, 100_000] + ([1_000_000] if self.has_million else [])
        runs = [run_case("engine", visits=size, widened=size / GROWTH_UNIT) for size in sizes]
        self.measured["growth"] = runs
        first, last = runs[0], runs[-1]
        each_us = [1e6 * run["engine_cpu_s"] / run["visits"] for run in runs]
        relative = each_us[-1] / each_us[0]
        span = f"{sizes[0]:,} -> {sizes[-1]:,} visits"
        shown = ", ".join(f"{us:.1f}" for us in each_us)
        self.add(
            f"time a visit, {span}, relative", "at most 1.15 x", f"{relative:.2f} x ({shown} us)", judged(relative, 1.15, False)
        )
        most = last["peak_mb"] / first["peak_mb"] / (sizes[-1] / sizes[0])
        peaks = ", ".join(f"{run['peak_mb']:,.0f}" for run in runs)
        self.add(
            f"memory, {span}, relative to linear", "at most 1.15 x", f"{most:.2f} x ({peaks} MB)", judged(most, 1.15, False)
        )

    def year(self) -> None:
        """Days in a row: what a year takes, and whether memory stays where it is."""
        run = run_case("year", days=12)
        self.measured["year"] = run
        self.add(
            "a year of 15,000 visits a day, from days 2 to 12",
            "at most 600 s",
            f"{run['year_s']:,.0f} s",
            judged(run["year_s"], 600, False),
        )
        growth = run["growth_mb_per_day"]
        self.add("memory after day 3", "at most 1 MB a day", f"{growth:+.2f} MB a day", judged(growth, 1.0, False))

    def starts(self) -> None:
        """Warm start to the first event, and the first run ever."""
        runs = [run_case("first_event") for _ in range(self.rounds)]
        seconds = [run["at_s"] - run["started_at_s"] for run in runs]
        self.measured["warm start"] = seconds
        self.add(
            "warm start to the first event",
            "at most 2.5 s",
            spread(seconds, "{:.2f}") + " s",
            judged(median(seconds), 2.5, False),
        )
        with tempfile.TemporaryDirectory() as folder:
            env = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"} | {"XDG_CACHE_HOME": folder}
            command = [
                sys.executable,
                "-m",
                "sim",
                "run",
                "everyday",
                "population.visits_per_day=1000",
                "--out",
                f"{folder}/out",
            ]
            started_s = time.perf_counter()
            done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
            first_s = time.perf_counter() - started_s
        if done.returncode != 0:
            raise RuntimeError(f"the first run ended with {done.returncode}:\n{done.stderr[-2000:]}")
        says_why = "compil" in done.stderr + done.stdout
        self.measured["first run"] = {"s": first_s, "says_why": says_why}
        verdict = judged(first_s, 30, False) if says_why else "misses"
        said = "says why" if says_why else "does not say why"
        self.add(
            "first run ever: kernels and plan compiled, 1,000 visits, report",
            "at most 30 s, says why",
            f"{first_s:.1f} s, {said}",
            verdict,
        )

    def replay(self) -> None:
        """A replay in headless Chromium with software GL; by the clock on the wall, so that other work on the machine shows."""
        found = self.measured["replay"] = run_case("replay")
        for name, words in (("all_floors", "whole plan"), ("one_floor", "one floor")):
            shown = found[name]
            what = f"replay, frames/s with {shown['people']:,} people inside, {words}"
            verdict = judged(shown["frames_per_s"], 30, True)
            self.add(what, "at least 30", f"{shown['frames_per_s']:.0f} (load {found['load']:.1f})", verdict)
            self.add(f"the same, processor ms a frame, {words}", "", f"{shown['cpu_ms_per_frame']:.0f}")
        self.add("page of that day", "at most 30 MB", f"{found['page_mb']:.1f} MB", judged(found["page_mb"], 30, False))
        self.add("seconds until it can be played", "", f"{found['opens_s']:.1f}")


def machine() -> dict[str, Any]:
    """Return what the numbers depend on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    processor = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "processor": processor, "cores": os.cpu_count(), "system": platform.platform(terse=True), "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES}, "commit": commit, "load_at_start": os.getloadavg()[0],
        "sha256": {name: hashlib.sha256((Path(__file__).parent / name).read_bytes()).hexdigest() for name in PEER_FILES},
    }  # fmt: skip


def table(rows: list[Row]) -> str:
    """Return the bars with their measured values."""
    head = Row("what", "bar", "measured", "verdict")
    kept = [head, *(row for row in rows if row.verdict != "shown")]
    widths = [max(len(getattr(row, name)) for row in kept) for name in ("what", "bar", "measured", "verdict")]
    return "\n".join(
        "  ".join(getattr(row, name).ljust(width) for name, width in zip(("what", "bar", "measured", "verdict"), widths))
        for row in kept
    )


def main() -> None:
    """Measure what was asked for."""
    parts = ("engine", "whole_run", "peers", "station", "transfers", "fixes", "growth", "year", "starts", "replay")
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=parts, default=parts, help="measure these parts")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each case, of which the median is judged")
    parser.add_argument("--peer-visits", type=int, default=10_000, help="visits of the day in the alternating rounds")
    parser.add_argument(
        "--no-full-day", action="store_true", help="skip the round of engine and peers at 60,000 visits (2 minutes)"
    )
    parser.add_argument("--million", action="store_true", help="let growth reach 1,000,000 visits (a minute more)")
    parser.add_argument("--out", type=Path, default=ROOT / "outputs" / "bench.json", help="where the numbers are written")
    chosen = parser.parse_args()
    found = machine()
    print(
        f"{found['processor']}, {found['cores']} cores, {found['system']}, Python {found['python']}, commit {found['commit']}"
    )
    print(
        ", ".join(f"{name} {version}" for name, version in found["packages"].items())
        + f"; load average {found['load_at_start']:.1f}"
    )
    print("\n".join(f"sha256 {digest}  tests/bench/{name}" for name, digest in found["sha256"].items()) + "\n", flush=True)
    bench = Bench(chosen.rounds, chosen.peer_visits, not chosen.no_full_day, chosen.million)
    started_s = time.perf_counter()
    for part in parts:
        if part in chosen.only:
            getattr(bench, part)()
    took_s = time.perf_counter() - started_s
    print(
        f"\n{table(bench.rows)}\n\nTook {took_s:.0f} s; load average now {os.getloadavg()[0]:.1f}. Speeds and ratios are by processor time."
    )
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    text = {
        "machine": found,
        "rows": [asdict(row) for row in bench.rows],
        "measured": bench.measured,
        "load_at_end": os.getloadavg()[0],
    }
    chosen.out.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")
    print(f"Wrote {chosen.out}")
