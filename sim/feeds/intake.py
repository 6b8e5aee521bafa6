"""Takes records as they come, in any order and of any quality: hands on what can be used, sets the rest aside with the reason, never stops."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sim.feeds.records import Record, Rule, rule_for
from sim.units import US_PER_MIN, clock_text

LATE_US = (
    15 * US_PER_MIN
)  # a record that is older than this when it comes is of no use to a forecast of the next quarter of an hour
AHEAD_US = 2 * US_PER_MIN  # clocks of sensors may be fast by this
PAUSE_US = 60 * US_PER_MIN  # a sensor that is silent for longer is switched off, or the mall is closed
KEPT_ASIDE = 10_000  # the latest records set aside are kept whole; all are counted


class Why(StrEnum):
    """Why a record was set aside, or what was odd about one that was used."""

    MALFORMED = "malformed"
    UNKNOWN = "unknown sensor"
    ABSURD = "absurd value"
    FUTURE = "from the future"
    LATE = "too late"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out of order, used"
    MISSING = "missing"


@dataclass(frozen=True)
class SetAside:
    """A record that was not used, as it came, and the reason."""

    text: str
    why: Why
    detail: str


@dataclass
class Intake:
    """What has been taken in so far. `rules` come from sim.feeds.records.rules_of; `late_us` is how long one waits for a record."""

    rules: Mapping[tuple[str, str], Rule]
    late_us: int = LATE_US
    counts: Counter[Why] = field(default_factory=Counter)
    used: int = 0
    aside: deque[SetAside] = field(default_factory=lambda: deque(maxlen=KEPT_ASIDE))
    _seen: dict[tuple[int, str, str, int], int] = field(
        default_factory=dict
    )  # value by record, of the last `late_us` and a bit
    _newest_us: int = -1
    _forgot_us: int = 0  # the clock when what is too old was last let go of
    _heard_us: dict[tuple[str, str], int] = field(default_factory=dict)  # when a sensor with a cadence reported last

    def take(self, records: Iterable[Record | SetAside], now_us: int) -> list[Record]:
        """Return the records that can be used, in order of (time, sensor, kind, subject); count and keep the others.

        `now_us` is the clock of whoever reads. Nothing that a record says can raise an error.
        """
        good = [record for record in records if self._is_good(record, now_us) and isinstance(record, Record)]
        self.used += len(good)
        self._forget(now_us)
        return sorted(good)

    def silent(self, now_us: int) -> list[tuple[str, str]]:
        """Return the sensors with a cadence that once spoke and have said nothing for two of their cadences."""
        return [key for key, heard_us in self._heard_us.items() if now_us - heard_us >= 2 * (self.rules[key].cadence_us or 0)]

    def report(self) -> dict[str, int]:
        """Return how many records were used, and how many of each oddity there were."""
        return {"used": self.used, **{why.value: self.counts[why] for why in Why}}

    def in_words(self) -> str:
        """Return the report as a sentence."""
        odd = ", ".join(f"{self.counts[why]:,} {why.value}" for why in Why if self.counts[why])
        return f"{self.used:,} records used" + (f"; {odd}" if odd else "; nothing set aside")

    def _is_good(self, record: Record | SetAside, now_us: int) -> bool:
        if isinstance(record, SetAside):
            self._set_aside(record)
            return False
        rule = rule_for(self.rules, record)
        if isinstance(rule, str):
            return self._refuse(record, Why.UNKNOWN, rule)
        if rule.needs_subject and record.subject == 0:
            return self._refuse(record, Why.MALFORMED, f"{record.kind} needs a subject: the address, as a whole number")
        if not rule.low <= record.value <= rule.most:
            return self._refuse(
                record, Why.ABSURD, f"{record.kind} of {record.sensor} lies between {rule.low:,} and {rule.most:,}"
            )
        if record.time_us > now_us + AHEAD_US:
            return self._refuse(record, Why.FUTURE, f"it is {clock_text(max(now_us, 0))}")
        if record.time_us < now_us - self.late_us:
            return self._refuse(record, Why.LATE, f"came {(now_us - record.time_us) / US_PER_MIN:.0f} minutes after its time")
        key = (record.time_us, record.sensor, record.kind, record.subject)
        if key in self._seen and not (rule.is_repeatable and self._seen[key] != record.value):
            return self._refuse(record, Why.DUPLICATE, f"there was one with the value {self._seen[key]}")
        self._note(record, rule, key)
        return True

    def _note(self, record: Record, rule: Rule, key: tuple[int, str, str, int]) -> None:
        self._seen[key] = record.value
        if record.time_us < self._newest_us:
            self.counts[Why.OUT_OF_ORDER] += 1
        self._newest_us = max(self._newest_us, record.time_us)
        if rule.cadence_us is None:
            return
        sensor = (record.sensor, record.kind)
        heard_us = self._heard_us.get(sensor)
        if heard_us is not None and record.time_us > heard_us:
            self.counts[Why.MISSING] += _missed(record.time_us - heard_us, rule.cadence_us)
        elif heard_us is not None and self.counts[Why.MISSING]:
            self.counts[Why.MISSING] -= 1  # it was counted as missing when a later one came first
        self._heard_us[sensor] = max(record.time_us, heard_us or 0)

    def _refuse(self, record: Record, why: Why, detail: str) -> bool:
        self._set_aside(SetAside(_as_text(record), why, detail))
        return False

    def _set_aside(self, what: SetAside) -> None:
        self.counts[what.why] += 1
        self.aside.append(what)

    def _forget(self, now_us: int) -> None:
        """Let go of records that a copy could no longer follow in time, now and then: it takes as long as there are many."""
        oldest_us = now_us - self.late_us - AHEAD_US
        if now_us >= self._forgot_us + AHEAD_US:
            self._forgot_us = now_us
            self._seen = {key: value for key, value in self._seen.items() if key[0] >= oldest_us}


def _missed(gap_us: int, cadence_us: int) -> int:
    return max(round(gap_us / cadence_us) - 1, 0) if gap_us <= PAUSE_US else 0


def _as_text(record: Record) -> str:
    return f"{clock_text(max(record.time_us, 0))} {record.sensor} {record.kind} {record.subject} {record.value}"


def in_batches(
    records: Iterable[tuple[int, Record | SetAside]], every_us: int
) -> Iterator[tuple[int, list[Record | SetAside]]]:
    """Yield (now_us, records) for every span of `every_us` in which something came, from pairs (arrival time, record) in order of arrival.

    What came at a time that nobody knows (below 0) came with what was before it.
    """
    batch: list[Record | SetAside] = []
    until_us: int | None = None
    for came_us, record in records:
        if until_us is None and came_us >= 0:
            until_us = (came_us // every_us + 1) * every_us
        if until_us is not None and came_us >= until_us:
            yield until_us, batch
            batch, until_us = [], (came_us // every_us + 1) * every_us
        batch.append(record)
    if batch:
        yield until_us or every_us, batch
