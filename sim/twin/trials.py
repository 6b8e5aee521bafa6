"""What keeping in step is worth: synthetic days, each with a surprise that the scenario does not know, foretold with and without it."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim import api
from sim.config import RunConfig
from sim.errors import GalleriaError, Problem
from sim.feeds.from_run import Damage, Feed, feed_of_run, spoilt
from sim.feeds.intake import Intake
from sim.feeds.records import Record, rules_of
from sim.forecasting.scores import crps
from sim.opening import mall_hours_min
from sim.random_streams import stream_key, uniforms
from sim.schema.calendar import CalendarEventConfig
from sim.twin.ensemble import MEMBERS, Twin, ends
from sim.twin.gauge import QUARTER_US, Gauge
from sim.units import US_PER_MIN, clock_text

AHEAD_MIN = 60
EVERY_MIN = 60  # between two forecasts that are scored
FACTOR = 1.3, 2.0  # by which a surprise multiplies arrivals
LASTS_MIN = 180, 420
STARTS_MIN = 30, 300  # after opening


def surprised(config: RunConfig, day: int) -> RunConfig:
    """Return the day as it truly is: another seed, and for some hours more visitors than the scenario knows of, by addressed draws."""
    found = copy.deepcopy(config)
    key = stream_key(config.seed, "twin trial")
    draw = [float(uniforms(key, np.array([day]), count)[0]) for count in range(4)]
    found.seed = 1 + int(draw[0] * 2**31)
    opens_min, closes_min = mall_hours_min(config)
    starts_min = opens_min + round(STARTS_MIN[0] + draw[1] * (STARTS_MIN[1] - STARTS_MIN[0]))
    ends_min = min(starts_min + round(LASTS_MIN[0] + draw[2] * (LASTS_MIN[1] - LASTS_MIN[0])), closes_min)
    times = [clock_text(minute * US_PER_MIN)[:5] for minute in (starts_min, ends_min)]
    factor = FACTOR[0] + draw[3] * (FACTOR[1] - FACTOR[0])
    surprise = CalendarEventConfig(
        name="surprise", first=config.date, last=config.date, factor=round(factor, 3), starts=times[0], ends=times[1]
    )
    found.calendar.events = [*config.calendar.events, surprise]
    found.recording.events, found.recording.report, found.recording.replay = "visits", False, False
    found.sensing.positioning.method = "off"  # nothing of the feed is of positions
    return found


def feed_of_day(truth: RunConfig) -> Feed:
    """Return what the sensors of a day send."""
    from sim.floorplan.cache import compiled_for

    folder = Path(tempfile.mkdtemp(prefix="galleria-twin-trial-"))
    try:
        api.run(truth, folder)
        return feed_of_run(folder, compiled_for(truth))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def batches(feed: Feed, until_us: Sequence[int], intake: Intake) -> Iterator[tuple[int, list[Record]]]:
    """Yield (instant, records that had come by then and are good) for each instant, in order."""
    rows = zip(
        feed.came_us.tolist(), feed.time_us.tolist(), feed.sensor.tolist(), feed.kind.tolist(), feed.subject.tolist(), feed.value.tolist(), strict=True
    )  # fmt: skip
    came = [(came_us, Record(time_us, sensor, kind, subject, value)) for came_us, time_us, sensor, kind, subject, value in rows]
    first = 0
    for now_us in until_us:
        end = first
        while end < len(came) and came[end][0] <= now_us:
            end += 1
        yield now_us, intake.take([record for _, record in came[first:end]], now_us)
        first = end


def trials(
    config: RunConfig,
    days: int,
    out: Path,
    *,
    members: int = MEMBERS,
    damage: Damage | None = None,
    workers: int = 2,
    count: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Foretell `days` surprised days of a scenario an hour ahead, with the twin and with the same members left alone; return the scores.

    A line for each finished day is added to the file `out` (JSON lines), which a later call with the same arguments goes on with.
    Raises GalleriaError for a file of other trials. `damage` spoils the feed; forecasts are scored against the whole feed. The result has for each of sim.twin.gauge.WHATS, of the
    whole mall and of its places, `{crps, crps_alone, covered, covered_alone, forecasts}`, and `gain`: the mean of 1 - crps / crps_alone.
    """
    asked = hashlib.sha256(repr((config, members, damage)).encode()).hexdigest()[:16]
    done = _finished(out, asked)
    for day in range(days):
        if day not in done:
            done[day] = {"day": day, "asked": asked, **_trial(config, day, members, damage, workers)}
            out.parent.mkdir(parents=True, exist_ok=True)
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(done[day]) + "\n")
        if count is not None:
            count(day + 1, days)
    return summary([done[day]["scores"] for day in range(days)])


def _finished(out: Path, asked: str) -> dict[int, dict[str, Any]]:
    """Return the finished days of a file by number; raises GalleriaError where they are of another scenario, ensemble or damage."""
    if not out.is_file():
        return {}
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    if any(row["asked"] != asked for row in rows):
        rule = "holds trials of another scenario, other members or another damage"
        raise GalleriaError.of(
            "twin-trials", [Problem("out", str(out), rule, "name another file, or give the same arguments again")]
        )
    return {row["day"]: row for row in rows}


def summary(days: Sequence[dict[str, dict[str, float]]]) -> dict[str, Any]:
    """Return the scores of days taken together: sums over all forecasts, then means."""
    found: dict[str, Any] = {}
    for what in days[0]:
        sums = {name: sum(day[what][name] for day in days) for name in days[0][what]}
        forecasts = max(sums.pop("forecasts"), 1.0)
        found[what] = {name: value / forecasts for name, value in sums.items()} | {"forecasts": int(forecasts)}
    gains = [1 - row["crps"] / row["crps_alone"] for row in found.values() if row["crps_alone"] > 0]
    whole = [
        1 - row["crps"] / row["crps_alone"]
        for what, row in found.items()
        if what.endswith(" of the mall") and row["crps_alone"] > 0
    ]
    return {
        "days": len(days), "scores": found, "gain": float(np.mean(gains)), "gain_of_the_mall": float(np.mean(whole)),
        "covered": float(np.mean([row["covered"] for row in found.values()])),
    }  # fmt: skip


def _trial(config: RunConfig, day: int, members: int, damage: Damage | None, workers: int) -> dict[str, Any]:
    from sim.floorplan.cache import compiled_for

    truth = surprised(config, day)
    event = truth.calendar.events[-1]
    compiled = compiled_for(config)
    feed, gauge = feed_of_day(truth), Gauge(compiled, config)
    instants = _instants(config)
    whole = {
        now_us: gauge.shown(gauge.of_records(records, now_us))
        for now_us, records in batches(feed, instants, Intake(rules_of(compiled)))
    }
    taken = Intake(rules_of(compiled))
    twin = Twin(config, members=members, workers=workers, ahead_min=(AHEAD_MIN,), every_min=EVERY_MIN)
    score: dict[str, dict[str, float]] = {}
    alone: dict[int, np.ndarray] = {}
    try:
        sent = feed if damage is None else spoilt(feed, damage, config.seed + day)
        for now_us, records in batches(sent, instants, taken):
            moment = twin.step(now_us, records)
            if not alone:  # nothing has been told yet
                lived = twin.left_alone(instants[-1])
                alone = {at_us: lived[:, index] for index, at_us in enumerate(instants[1:])}
            if moment.foretold and moment.foretold[0].for_us in whole:
                at_us = moment.foretold[0].for_us
                ensemble = np.array([each.members for each in moment.foretold]).T
                _add(score, gauge, ensemble, alone[at_us], whole[at_us])
    finally:
        twin.close()
    about = {"factor": event.factor, "starts": event.starts, "ends": event.ends, "intake": taken.in_words()}
    return {"surprise": about, "scores": score}


def _instants(config: RunConfig) -> list[int]:
    opens_us, closes_us = (minute * US_PER_MIN for minute in mall_hours_min(config))
    return list(range(opens_us, closes_us + 1, QUARTER_US))


def _add(
    score: dict[str, dict[str, float]], gauge: Gauge, ensemble: np.ndarray, alone: np.ndarray, measured: np.ndarray
) -> None:
    """Add an instant's scores: arrays (N, Q) of both forecasts and (Q) of what was measured."""
    told = np.isfinite(measured)
    both = [(crps(each, measured), *ends(each)) for each in (ensemble, alone)]
    for index, quantity in enumerate(gauge.quantities):
        if not told[index]:
            continue
        what = f"{quantity.what} {'by place' if quantity.where else 'of the mall'}"
        row = score.setdefault(what, dict.fromkeys(("crps", "crps_alone", "covered", "covered_alone", "forecasts"), 0.0))
        for name, (points, low, high) in zip(("", "_alone"), both, strict=True):
            row[f"crps{name}"] += float(points[index])
            row[f"covered{name}"] += float(low[index] <= measured[index] <= high[index])
        row["forecasts"] += 1
