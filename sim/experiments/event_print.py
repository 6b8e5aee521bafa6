"""A fingerprint of a run's events, small enough for a baseline, by which the first event that differs is found without the old log."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind
from sim.units import US_PER_S, clock_text

if TYPE_CHECKING:
    from sim.crowd.engine import Taken
    from sim.lived import Lived
    from sim.reporting.report import FinishedRun

EVENTS = "events"  # where a run's KPIs carry the fingerprint
HEAD = 512  # events kept in full: what was changed on purpose shows early on the first day
BLOCK = 256  # events of which one digest is kept
ROW = np.dtype(
    [("time_us", "<i8"), ("visit", "<i8"), ("value", "<i8"), ("place", "<i4"), ("kind", "<i2"), ("people", "i1")]
)  # one event, little-endian and without gaps, so that its bytes are the same everywhere
_LENGTH = HEAD * 400  # bytes of JSON that a head may take: a damaged file cannot ask for more memory
Row = list[Any]  # day (from 0), time us, kind, visit, people, place, value


class EventPrint:
    """A witness (sim.world.Witness) that digests what it sees, in the order of the log, however often that is handed over."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self._whole = hashlib.sha256()
        self._rest = np.zeros(0, ROW)  # of the block that is not full yet
        self._blocks: list[str] = []
        self._kept: list[tuple[int, np.void]] = []  # of the day: number in the log, and row
        self._rows: dict[int, Row] = {}
        self._seen = self._day = 0
        self._was_told = False

    def take(self, taken: Taken) -> None:
        """Digest the events, and keep the first of all and of every block."""
        log, used = taken.events, int(taken.events.count[0])
        rows = np.zeros(used, ROW)
        for name in ROW.names or ():
            rows[name] = getattr(log, name)[:used]
        self._whole.update(rows.tobytes())
        wanted = [*range(min(HEAD - self._seen, used)), *range(-self._seen % BLOCK, used, BLOCK)]
        self._kept += [(self._seen + at, rows[at]) for at in dict.fromkeys(wanted)]
        self._seen += used
        rows = np.concatenate([self._rest, rows])
        full = rows.size // BLOCK * BLOCK
        self._blocks += [_digest(rows[start : start + BLOCK]) for start in range(0, full, BLOCK)]
        self._rest = rows[full:].copy()

    def tell(self, finished: FinishedRun, _lived: Lived) -> None:
        """Name the places of what was kept of the day; another day follows, or none."""
        names, self._was_told = finished.recorder.names, True
        for number, row in self._kept:
            kind, place = EventKind(int(row["kind"])), int(row["place"])
            word = names.word(kind, place) or str(place)
            facts = [int(row["visit"]), int(row["people"]), word, int(row["value"])]
            self._rows[number] = [self._day, int(row["time_us"]), kind.name, *facts]
        self._kept = []
        self._day += 1

    def close(self) -> dict[str, Any] | None:
        """Return the fingerprint as JSON can hold it; None where no day was seen, as of a network of malls."""
        if not self._was_told:
            return None
        blocks = [*self._blocks, *([_digest(self._rest)] if self._rest.size else [])]
        return {
            "rows": self._seen,
            "sha256": self._whole.hexdigest(),
            "head": [self._rows[number] for number in sorted(self._rows) if number < HEAD],
            "blocks": blocks,
            "starts": [self._rows[number] for number in sorted(self._rows) if number % BLOCK == 0],
        }


def compact(found: dict[str, Any]) -> dict[str, Any]:
    """Return what a baseline keeps of a fingerprint: the head packed, of each block its digest and the second at which it begins."""
    head = zlib.compress(json.dumps(found["head"], separators=(",", ":")).encode(), 9)
    return {
        "rows": found["rows"],
        "head": base64.b64encode(head).decode(),
        "blocks": "".join(found["blocks"]),
        "begins": _steps([row[0] * 86_400 + row[1] // US_PER_S for row in found["starts"]]),
    }


def problem_of(kept: Any) -> str:
    """Return what is wrong with a kept fingerprint; nothing where it can be read."""
    try:
        head = _head_of(kept)
        blocks = -(-int(kept["rows"]) // BLOCK)
        sound = len(head) == min(kept["rows"], HEAD) and len(kept["blocks"]) == 8 * blocks and len(kept["begins"]) == blocks
        return "" if sound else "its parts do not fit together"
    except (KeyError, TypeError, ValueError, binascii.Error, zlib.error) as trouble:
        return f"{type(trouble).__name__}: {trouble}"


def first_difference(kept: dict[str, Any], now: dict[str, Any]) -> dict[str, Any] | None:
    """Return where the events of a run leave those of a baseline; None where they do not.

    `event` counts from 1 and, beyond the head, is the first of the block in which they part (`block` events long). `before` and `now`
    are in words; `before` is None where the baseline has not kept that event.
    """
    head = _head_of(kept)
    for number in range(max(len(head), len(now["head"]))):
        then, here = (rows[number] if number < len(rows) else None for rows in (head, now["head"]))
        if then != here:
            return {"event": number + 1, "block": 1, "before": in_words(then), "now": in_words(here)}
    blocks = [kept["blocks"][at : at + 8] for at in range(0, len(kept["blocks"]), 8)]
    for number in range(max(len(blocks), len(now["blocks"]))):
        if blocks[number : number + 1] == now["blocks"][number : number + 1]:
            continue
        start = now["starts"][number] if number < len(now["starts"]) else None
        begins = _clock(sum(kept["begins"][: number + 1])) if number < len(blocks) else "there was none"
        told = in_words(start)
        return {"event": number * BLOCK + 1, "block": BLOCK, "before": None, "begins": begins, "now": told}
    return None


def in_words(row: Row | None) -> str:
    """Return "10:02:56.111000 visit 17 (2 people): STORE_ENTERED L1-03, value 0"; "the log ends" where there is no event."""
    if row is None:
        return "the log ends"
    day, time_us, kind, visit, people, place, value = row
    who = "of nobody" if visit < 0 else f"visit {visit} ({people} {'person' if people == 1 else 'people'})"
    when = f"{_clock(day * 86_400 + time_us // US_PER_S)}.{time_us % US_PER_S:06d}"
    return f"{when} {who}: {kind} {place}, value {value}"


def _head_of(kept: dict[str, Any]) -> list[Row]:
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(base64.b64decode(kept["head"], validate=True), _LENGTH)
    found: list[Row] = json.loads(text)
    return found


def _clock(seconds: int) -> str:
    """Return "10:02:56", or "day 2 10:02:56" where an event is of a later day than the first."""
    day, rest = divmod(seconds, 86_400)
    return f"{f'day {day + 1} ' if day else ''}{clock_text(rest * US_PER_S)}"


def _steps(seconds: list[int]) -> list[int]:
    """Return the first number and then the steps, which are short."""
    return [after - before for before, after in zip([0, *seconds], seconds)]


def _digest(rows: np.ndarray) -> str:
    return hashlib.blake2b(rows.tobytes(), digest_size=4).hexdigest()
