"""What `galleria twin` says: a line for each quarter of an hour, and a summary at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sim.cli_output import say, say_table
from sim.reporting.files import plain
from sim.reporting.twin_words import ahead_of, interval_of, name_of, score_of, short_name_of, value_of
from sim.twin.book import Book
from sim.twin.moment import Moment, Tried
from sim.units import clock_text

SAID_AHEAD_MIN = 60  # of the line of a quarter of an hour
ALARMS_SAID = 2  # the latest that stand; the page and alarms.csv have all


def quarter_line(moment: Moment) -> str:
    """Return a quarter of an hour in one line."""
    now = next((row for row in moment.believed if row.what == "people" and row.where == ""), None)
    parts = []
    if now is not None:
        counted = "not counted" if now.measured is None else f"counted {now.measured:,.0f}"
        parts.append(f"{now.mean:,.0f} inside ({now.low:,.0f} to {now.high:,.0f}; {counted})")
    ahead = next(
        (one for one in moment.foretold if one.what == "people" and one.where == "" and one.ahead_min == SAID_AHEAD_MIN), None
    )
    if ahead is not None:
        parts.append(f"in {ahead_of(SAID_AHEAD_MIN)} {ahead.mean:,.0f} ({ahead.low:,.0f} to {ahead.high:,.0f})")
    order = sorted(moment.alarms, key=lambda one: -one.raised_us)
    said = [
        f"{short_name_of(one.what)} ({one.where or 'whole mall'}) {value_of(one.what, one.measured)} "
        f"(foretold {interval_of(one.what, one._asdict())}) since {clock_text(one.since_us)[:5]}"
        for one in order[:ALARMS_SAID]
    ]
    more = [f"{len(order) - ALARMS_SAID} more"] if len(order) > ALARMS_SAID else []
    if said:
        parts.append(f"alarm: {', '.join([*said, *more])}")
    return f"{clock_text(moment.now_us)[:5]}  {'; '.join(parts)}"


def quarter_json(moment: Moment) -> str:
    """Return the same as a line of JSON, with all that is believed, foretold of the whole mall, and alarms."""
    found = {
        "kind": "quarter",
        "now_us": moment.now_us,
        "believed": [one._asdict() for one in moment.believed],
        "foretold": [{**one._asdict(), "members": len(one.members)} for one in moment.foretold if one.where == ""],
        "alarms": [one._asdict() for one in moment.alarms],
        "tried": [one._asdict() for one in moment.tried],
    }
    return json.dumps(plain(found), separators=(",", ":"), allow_nan=False)


def say_summary(book: Book, report: Mapping[str, Any]) -> None:
    """Print what became of the records, how good the forecasts were, and what policies would change."""
    say()
    say(report["words"] + ".")
    scores = [
        (
            name_of(row["what"]), row["of"], ahead_of(row["ahead_min"]), row["forecasts"],
            *(score_of(row["what"], row[each]) for each in ("crps_mean", "error_mean", "measured_mean")), f"{row['covered_share']:.0%}",
        )
        for row in book.scores()
    ]  # fmt: skip
    say_table(scores, ("what", "of", "ahead", "forecasts", "CRPS", "mean error", "mean measured", "in the 90 % interval"))
    say(f"{_alarms_in_words(len(book.alarms))} in {book.quarters} quarters of an hour (alarms.csv).")
    tried = _tried_rows(book.tried_last)
    if tried:
        say_table(tried, ("policy", "what, whole mall", "ahead", "difference", "90 % interval"))


def _alarms_in_words(number: int) -> str:
    return {0: "No alarm", 1: "1 alarm"}.get(number, f"{number} alarms")


def _tried_rows(tried: Sequence[Tried]) -> Sequence[Sequence[object]]:
    return [
        (
            one.policy, name_of(one.what), ahead_of(one.ahead_min), value_of(one.what, one.difference, signed=True),
            interval_of(one.what, one._asdict(), signed=True),
        )
        for one in tried
        if one.where == ""
    ]  # fmt: skip
