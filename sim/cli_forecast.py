"""`galleria forecast`: counts of one's own places, or bills of a run's stores, foretold; and how good that would have been so far."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.cli_output import UsageError, say, say_json, say_table
from sim.progress import Progress

Act = Callable[[argparse.Namespace], int]
_A = {"day": "A day", "hour": "An hour"}

_EXAMPLE = """\
examples:
  galleria forecast counts.csv --hours 9-21
  galleria forecast occupancy.csv --time LastUpdated --place CarPark --value Occupancy --most Capacity --bin-min 30 --hours 8-17
  galleria forecast outputs/2026-11-21/10-00-00 --trade cafe
  galleria forecast bills.csv --hours 10-22 --write tomorrow.csv --days-ahead 7

A wide file has the columns date, hour, and one for each place; a long one a row for each reading. Every forecast of the past is made
from what was known before it, and stands beside the same weekday and time a week before.

The folder of a finished run of several days instead of a file: bills of its stores in the hour to come, as the two forecasters that
policies can have (policy.forecaster) would have foretold them."""


def add_forecast(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `forecast`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("file", metavar="FILE", type=Path, help="counts as .csv or .csv.gz, or the folder of a run")
    parser.add_argument("--time", default="", metavar="COLUMN", help="long form: when a reading was made (YYYY-MM-DD HH:MM:SS)")
    parser.add_argument("--place", default="", metavar="COLUMN", help="long form: which place it is of")
    parser.add_argument("--value", default="", metavar="COLUMN", help="long form: the count")
    parser.add_argument(
        "--most", default="", metavar="COLUMN", help="long form: the place's capacity, which no forecast passes"
    )
    parser.add_argument("--bin-min", type=int, default=60, metavar="MIN", help="length of a bin: 15, 30 or 60 (60)")
    parser.add_argument("--hours", default="0-24", metavar="A-B", help="hours of the day that count (0-24)")
    parser.add_argument("--last-days", type=int, default=0, metavar="N", help="use only the last N days of the file")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="write what each place will have on the next days (date, place, expected)"
    )
    parser.add_argument("--days-ahead", type=int, default=1, metavar="N", help="how many days --write foretells (1)")
    parser.add_argument("--trade", default="restaurant", metavar="TRADE", help="of a run: whose bills are judged (restaurant)")
    parser.add_argument("--learn-days", type=int, default=7, metavar="N", help="of a run: days that are not judged (7)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _forecast


COMMANDS = {"forecast": add_forecast}


def _forecast(options: argparse.Namespace) -> int:
    from sim.forecasting.backtest import backtest
    from sim.forecasting.counts_file import Columns, read_histories

    if options.file.is_dir():
        return _of_a_run(options)
    first, until = _asked(options)
    columns = Columns(options.time, options.place, options.value, options.most)
    histories = read_histories(options.file, columns, options.bin_min, first, until)
    progress = Progress("forecast")
    judged, tomorrow, coming = [], [], []
    try:
        for done, history in enumerate(histories):
            progress.count(done, len(histories), "places")
            days = history.counts[-options.last_days :] if options.last_days else history.counts
            weekdays = history.weekdays[-len(days) :]
            found = backtest(history.place, days, weekdays, 60 // options.bin_min, history.most)
            judged += found
            known = _known(history, days, weekdays)
            tomorrow.append(_tomorrow(history, known))
            coming += _coming(history, known, options.days_ahead if options.write else 0)
    finally:
        progress.close()
    if options.write:
        from sim.forecasting.merchants import write_forecasts

        write_forecasts(options.write, coming)
    if options.json:
        say_json({"judged": [{**dataclasses.asdict(one), "is_won": one.is_won} for one in judged], "next_day": tomorrow})
    else:
        _say(judged, tomorrow)
    return 0


def _of_a_run(options: argparse.Namespace) -> int:
    """Hold the two forecasters of policies against each other on the days of a run."""
    import numpy as np

    from sim.forecasting.bills_judged import judged
    from sim.forecasting.runs import sales_of

    run = sales_of(options.file)
    of = np.array([unit for unit, trade in enumerate(run.trades) if trade == options.trade], np.int64)
    wrong = []
    if not of.size:
        wrong.append(f"--trade must be one that the mall has: {', '.join(sorted(set(run.trades)))} (found {options.trade!r})")
    if not 1 <= options.learn_days < len(run.days):
        wrong.append(
            f"--learn-days must be from 1 to {len(run.days) - 1}, one less than the run's days (found {options.learn_days})"
        )
    if not 1 <= options.days_ahead <= 366:
        wrong.append(f"--days-ahead must be from 1 to 366 (found {options.days_ahead})")
    if wrong:
        raise UsageError("galleria forecast: " + "; ".join(wrong))
    if options.write:
        _write_of_a_run(run, options)
    found = judged(run.days, run.unit_ids, run.trades, of, options.learn_days)
    if options.json:
        say_json([dataclasses.asdict(one) for one in found])
        return 0
    rows = [
        (
            one.date, f"{one.bills:,}", f"{one.bills_per_hour:.1f}", f"{one.naive_error:.2f}", f"{one.ensemble_error:.2f}",
            "better" if one.ensemble_error < one.naive_error else "WORSE", f"{one.naive_bias:+.2f}", f"{one.ensemble_bias:+.2f}",
            f"{one.covered_share:.0%}",
        )
        for one in found
    ]  # fmt: skip
    head = ("day", "bills", "an hour", "error naive", "ensemble", "", "bias naive", "ensemble", "in the 90 % interval")
    say_table(rows, head, right=True)
    weight = np.array([one.forecasts for one in found], float)
    naive, ensemble, lower, higher = (
        float(np.average([getattr(one, name) for one in found], weights=weight))
        for name in ("naive_error", "ensemble_error", "naive_bias", "ensemble_bias")
    )
    say(
        f"Bills of a {options.trade} in the next hour: mean absolute error {ensemble:.2f} by the ensemble, {naive:.2f} seasonal-naive; "
        f"bias {higher:+.2f} and {lower:+.2f}; better on {sum(one.ensemble_error < one.naive_error for one in found)} of {len(found)} days."
    )
    return 0


def _write_of_a_run(run: Any, options: argparse.Namespace) -> None:
    """Write the bills of each store on the days after a run's last."""
    from sim.forecasting.merchants import next_days, write_forecasts

    coming = next_days(run, options.days_ahead)
    rows = [(date, place, float(bills[unit])) for date, bills in coming for unit, place in enumerate(run.unit_ids)]
    write_forecasts(options.write, rows)


def _asked(options: argparse.Namespace) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", options.hours)
    first, until = (int(found[1]), int(found[2])) if found else (0, 0)
    wrong = []
    if not 0 <= first < until <= 24:
        wrong.append(f"--hours must be two hours like 9-21 (found {options.hours!r})")
    if options.bin_min not in (15, 30, 60):
        wrong.append(f"--bin-min must be 15, 30 or 60 (found {options.bin_min})")
    if bool(options.value) != bool(options.time):
        wrong.append("--time and --value go together: a long file needs both")
    if not 1 <= options.days_ahead <= 366:
        wrong.append(f"--days-ahead must be from 1 to 366 (found {options.days_ahead})")
    if options.last_days < 0:
        wrong.append(f"--last-days must not be below 0 (found {options.last_days})")
    if wrong:
        raise UsageError("galleria forecast: " + "; ".join(wrong))
    return first, until


def _known(history: Any, days: Any, weekdays: Any) -> Any:
    """Return the place's history as the forecaster has it after all days."""
    from sim.forecasting.history import PlaceHistory

    known = PlaceHistory(history.most)
    for counts, weekday in zip(days, weekdays.tolist(), strict=True):
        known.add(counts, weekday)
    return known


def _tomorrow(history: Any, known: Any) -> dict[str, Any]:
    """Return the day after the last one of a place, bin by bin; nothing where the history is too short."""
    date = history.first + datetime.timedelta(days=history.counts.shape[0])
    expected = known.foretell(date.weekday())
    values = [] if expected is None else [None if value != value else round(float(value), 1) for value in expected]
    return {
        "place": history.place,
        "date": date.isoformat(),
        "first_bin_min": history.first_bin * history.bin_min,
        "expected": values,
    }


def _coming(history: Any, known: Any, ahead: int) -> list[tuple[datetime.date, str, float]]:
    """Return what a place will have on each of the next days, all bins together; nothing where the history is too short."""
    found = []
    for number in range(ahead):
        date = history.first + datetime.timedelta(days=history.counts.shape[0] + number)
        expected = known.foretell(date.weekday())
        if expected is not None:
            found.append((date, history.place, math.fsum(value for value in expected.tolist() if value == value)))
    return found


def _say(judged: Sequence[Any], tomorrow: Sequence[dict[str, Any]]) -> None:
    rows = [
        (
            one.place, one.ahead, one.forecasts, f"{one.error_share:.1%}", f"{one.naive_error_share:.1%}",
            "better" if one.is_won else "WORSE", "" if one.covered_share is None else f"{one.covered_share:.0%}",
        )
        for one in judged
    ]  # fmt: skip
    say_table(rows, ("place", "ahead", "forecasts", "error", "a week before", "", "in the 90 % interval"))
    for ahead in ("day", "hour"):
        asked = [one for one in judged if one.ahead == ahead]
        if asked:
            say(f"{_A[ahead]} ahead: better than the week before at {sum(one.is_won for one in asked)} of {len(asked)} places.")
    short = [one["place"] for one in tomorrow if not one["expected"]]
    if short:
        say(f"Too short to foretell (three weeks are needed): {', '.join(short)}")
    total = sum(value or 0.0 for one in tomorrow for value in one["expected"])
    if tomorrow and total:
        say(
            f"The day after the last, {tomorrow[0]['date']}: {total:,.0f} in all, as expected the evening before (--json: each place and bin)."
        )
