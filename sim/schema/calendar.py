"""The typed schema of the calendar: holidays, seasons, events, weather."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known
from sim.units import minutes_from_hours

JUDGED = "engineering judgement"


@dataclass
class CalendarEventConfig:
    """Something that brings more people, or keeps them away, on some days, or at some hours of them."""

    name: str = known("", "what it is, for the report")
    first: str = known("", "first day, YYYY-MM-DD")
    last: str = known("", "last day, YYYY-MM-DD; empty: that day only")
    factor: float = known(1.2, "visits relative to the same day, or the same hours, without it; 0 keeps everybody away", 0, 10)
    starts: Any = known("", 'from which time of day, "HH:MM"; empty: the whole day')
    ends: Any = known("", 'until which time of day, "HH:MM"; empty: the whole day')
    like_weekend: bool = known(False, "whether the day has a weekend's hours and parties, as in school holidays")


@dataclass
class CalendarConfig:
    """The calendar: holidays, seasons, events, weather."""

    holidays: str = known(
        "none", "whose public holidays, and days worked instead of them, there are",
        choices=("none", "china", "united_states"), source="library `holidays`; off by default: every day is an ordinary one of its weekday", confidence="H",
    )  # fmt: skip
    holiday_factor: float = known(
        1.5, "visits on a public holiday relative to the average day", 0, 5,
        source="between a weekend's 1.3 and a mega mall's 200,000 on holidays to 100,000", tag="D", confidence="L",
    )  # fmt: skip
    season_factors: list[float] = field(
        default_factory=lambda: [1.0] * 12,
        metadata={
            "meaning": "visits in January ... December relative to the average month; brought to a mean of 1 over the year's days",
            "low": 0, "high": 5, "source": "off by default: all alike", "tag": "-", "confidence": "-", "choices": (),
        },
    )  # fmt: skip
    events: list[CalendarEventConfig] = field(default_factory=list)
    weather: str = known(
        "none", "none: as if there were no weather; dry or rain: every day so; climate: wet and dry days as the climate has them",
        choices=("none", "dry", "rain", "climate"),
    )  # fmt: skip
    climate: str = known(
        "shanghai", "whose days with rain and temperatures by month", choices=("shanghai", "chicago"),
        source="Shanghai 1981-2010 (CMA), Chicago O'Hare 1991-2020 (NOAA)", confidence="M",
    )  # fmt: skip
    wet_persistence: float = known(
        0.3, "P(wet after a wet day) - P(wet after a dry day)", 0, 0.9, source="first-order Markov chains of daily rain: 0.2-0.4 (Katz 1977)", confidence="M"
    )  # fmt: skip
    rain_foot_factor: float = known(
        0.92, "visits on foot and by public transport on a wet day relative to a dry one", 0.1, 3,
        source="shopping centres in rainy weeks: from -8 % to +5 % in all (Springboard 2018-2021)", tag="D", confidence="L",
    )  # fmt: skip
    rain_car_factor: float = known(
        1.06, "visits by car on a wet day relative to a dry one", 0.1, 3,
        source="the same reports: centres with parking lose less or gain", tag="D", confidence="L",
    )  # fmt: skip
    rain_stay_factor: float = known(
        1.05, "intended length of a visit on a wet day relative to a dry one", 0.1, 3, source=JUDGED, confidence="L"
    )
    extreme_foot_factor: float = known(
        0.95,
        "visits on foot on a day of hot_c and more, or below cold_c, relative to others",
        0.1,
        3,
        source=JUDGED,
        confidence="L",
    )
    hot_c: float = known(33.0, "mean temperature from which a day is hot", 0, 60, source=JUDGED, confidence="L")
    cold_c: float = known(-5.0, "mean temperature below which a day is cold", -60, 40, source=JUDGED, confidence="L")


def problems(calendar: CalendarConfig, first: str, days: int) -> Iterator[Problem]:
    """Yield every event without a proper day or time, and a run that leaves the calendar."""
    for index, event in enumerate(calendar.events):
        place = f"calendar.events[{index}]"
        dates = [_date(event.first), _date(event.last or event.first)]
        if None in dates:
            yield Problem(f"{place}.first", repr(event.first), "first and last must be days", 'write them as "2026-12-24"')
        elif dates[1] < dates[0]:  # type: ignore[operator]
            yield Problem(f"{place}.last", event.last, f"must not come before {event.first}", "name a later day")
        if bool(str(event.starts)) != bool(str(event.ends)):
            yield Problem(f"{place}.ends", repr(event.ends), "hours need a start and an end", "give both, or neither")
        elif str(event.starts):
            try:
                hours = minutes_from_hours(event.starts), minutes_from_hours(event.ends)
            except ValueError as reason:
                yield Problem(
                    f"{place}.starts", repr(event.starts), f"a time of day is wanted: {reason}", 'write it as "18:00"'
                )
            else:
                if hours[1] <= hours[0]:
                    yield Problem(f"{place}.ends", str(event.ends), f"must come after {event.starts}", "name a later time")
    if sum(calendar.season_factors) <= 0:
        yield Problem(
            "calendar.season_factors", str(calendar.season_factors), "one must be above 0", "give the usual months 1.0"
        )
    begins = _date(first)
    if begins is not None and begins.toordinal() + days > datetime.date.max.toordinal():
        yield Problem("days", str(days), f"{first} and so many days leave the calendar", "begin earlier")


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(text))
    except ValueError:
        return None
