"""The words of `galleria twin`: what is asked of it, all mistakes at once."""

from __future__ import annotations

import argparse
import datetime
import math
from dataclasses import dataclass
from pathlib import Path

from sim.config import RunConfig
from sim.errors import GalleriaError, Problem
from sim.opening import mall_hours_min
from sim.units import US_PER_MIN, US_PER_S, clock_text, minutes_from_hours

OWN = ("feed", "members", "tries", "until", "wait_min", "past")
MEMBERS_LEAST, MEMBERS_MOST = 4, 200


@dataclass(frozen=True)
class Asked:
    """What was typed, checked."""

    feed: str  # "-" standard input, "http", or a file
    members: int
    tries: tuple[str, ...]
    until_us: int | None  # microseconds since midnight; None: until the mall closes
    wait_us: int
    overrides: tuple[str, ...]
    past: Path | None = None  # a feed of earlier today that is played before live records

    @property
    def file(self) -> Path | None:
        """The feed where it is a file."""
        return None if self.feed in ("-", "http") else Path(self.feed)


def asked_of(options: argparse.Namespace) -> Asked:
    """Return what is asked; raises GalleriaError with all that is wrong."""
    pairs = [word.partition("=") for word in options.words]
    own = {key: value for key, _, value in pairs if key in OWN}
    problems = []
    feed = own.get("feed", "")
    if not feed:
        problems.append(
            Problem("feed", "", "must be a file, - (standard input) or http", "for instance feed=outputs/day.jsonl")
        )
    members = _whole(own.get("members", "24"), "members", MEMBERS_LEAST, MEMBERS_MOST, problems)
    wait_min = _whole(own.get("wait_min", "0"), "wait_min", 0, 60, problems)
    until_us = None
    if "until" in own:
        try:
            until_us = minutes_from_hours(own["until"]) * US_PER_MIN
        except ValueError:
            problems.append(Problem("until", own["until"], "must be a time of day", "for instance until=15:00"))
    tries = [name.strip(" \"'") for name in own.get("tries", "").strip().removeprefix("[").removesuffix("]").split(",")]
    if len(set(filter(None, tries))) < len(list(filter(None, tries))):
        problems.append(Problem("tries", own["tries"], "must name each policy once", "leave the second one out"))
    if options.pace is not None and not (math.isfinite(options.pace) and options.pace > 0):
        problems.append(
            Problem("--pace", f"{options.pace:g}", "must be above 0", "1 is as fast as it was, 60 an hour in a minute")
        )
    if options.pace is not None and feed in ("-", "http"):
        problems.append(Problem("--pace", f"{options.pace:g}", "is for a feed that is a file", "leave it out"))
    if options.clock == "wall" and feed not in ("", "-", "http"):
        problems.append(Problem("--clock", "wall", "is for live records; a file has its own clock", "leave it out"))
    past = Path(own["past"]) if own.get("past") else None
    if "past" in own and past is None:
        problems.append(Problem("past", "", "must be a file", "name the feed.jsonl that a twin of today kept, or leave it out"))
    if past is not None and feed not in ("-", "http"):
        problems.append(Problem("past", str(past), "is for live records (feed=- or feed=http)", "put both files into one feed"))
    for key, path in (("past", past), ("feed", None if feed in ("", "-", "http") else Path(feed))):
        if path is not None and options.out is not None and path.resolve().parent == options.out.resolve():
            rule = f"must not lie in the folder {options.out}, which is written anew"
            problems.append(Problem(key, str(path), rule, "name another folder with --out"))
    if not 0 <= options.port <= 65_535:
        problems.append(Problem("--port", str(options.port), "must be from 0 to 65535", "leave it out for any that is free"))
    if problems:
        raise GalleriaError.of("galleria twin", problems)
    overrides = tuple(word for word in options.words if word.partition("=")[0] not in OWN)
    return Asked(feed, members, tuple(filter(None, tries)), until_us, wait_min * US_PER_MIN, overrides, past)


def _whole(text: str, key: str, low: int, high: int, problems: list[Problem]) -> int:
    if text.isdecimal() and low <= int(text) <= high:
        return int(text)
    problems.append(Problem(key, text, f"must be a whole number from {low} to {high}", f"for instance {key}={max(low, 6)}"))
    return low


def refuse_closed(asked: Asked, config: RunConfig) -> None:
    """Raise GalleriaError where the mall is closed at `until`."""
    opens_min, closes_min = mall_hours_min(config)
    if asked.until_us is None or opens_min * US_PER_MIN < asked.until_us <= closes_min * US_PER_MIN:
        return
    hours = " to ".join(clock_text(minutes * US_PER_MIN)[:5] for minutes in (opens_min, closes_min))
    rule = f"must be within the mall's hours, {hours}"
    problem = Problem("until", clock_text(asked.until_us)[:5], rule, "name a time within, or leave it out")
    raise GalleriaError.of("galleria twin", [problem])


def wall_us() -> int:
    """Return microseconds since this machine's local midnight."""
    now = datetime.datetime.now()
    return round((now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds() * US_PER_S)
