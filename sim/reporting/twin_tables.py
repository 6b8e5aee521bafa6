"""The tables of the live twin's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.reporting.twin_words import ahead_of, interval_of, name_of, place_of, score_of, value_of
from sim.reporting.wording import across, clock, esc, number, percent, whole

ALARMS_SHOWN = 60  # the latest; alarms.csv has all
PLACES_SHOWN = 60  # of one quantity; forecasts.parquet has all
Row = Mapping[str, Any]
Cells = Sequence[str]


def table(caption: str, heads: Cells, rows: Iterable[Cells], words: int = 1) -> str:
    """Return a table whose first column heads its rows; columns from number `words` on are numbers. Cells are HTML."""
    head = "".join(
        f'<th scope="col"{"" if column < words else " class=n"}>{esc(text)}</th>' for column, text in enumerate(heads)
    )
    lines = []
    for first, *rest in rows:
        cells = "".join(f"<td{'' if column + 1 < words else ' class=n'}>{cell}</td>" for column, cell in enumerate(rest))
        lines.append(f'<tr><th scope="row">{first}</th>{cells}</tr>\n')
    whole_table = (
        f"<table><caption>{esc(caption)}</caption><thead><tr>{head}</tr></thead><tbody>\n{''.join(lines)}</tbody></table>"
    )
    return across(whole_table, caption)


def whole_mall_table(status: Row) -> str:
    """Return what is true of the whole mall now, and what is foretold of it."""
    ahead = sorted({row["ahead_min"] for row in status["foretold"]})
    to_come = {(row["what"], row["ahead_min"]): row for row in status["foretold"] if row["where"] == ""}
    rows = [
        [
            esc(name_of(row["what"])),
            value_of(row["what"], row["measured"]),
            _held(row["what"], row),
            *(_held(row["what"], to_come.get((row["what"], minutes))) for minutes in ahead),
        ]
        for row in status["believed"]
        if row["where"] == ""
    ]
    heads = ("Whole mall", "Measured", "As the twin has it", *(f"In {ahead_of(minutes)}" for minutes in ahead))
    return table("Now and to come, with 90 % intervals", heads, rows) if rows else ""


def forecast_tables(status: Row) -> str:
    """Return the forecast of each place, quantity by quantity, the largest first, folded away but for the first."""
    ahead = sorted({row["ahead_min"] for row in status["foretold"]})
    now = {(row["what"], row["where"]): row for row in status["believed"]}
    by_what: dict[str, dict[str, dict[int, Row]]] = {}
    for row in status["foretold"]:
        if row["where"]:
            by_what.setdefault(row["what"], {}).setdefault(row["where"], {})[row["ahead_min"]] = row
    parts: list[str] = []
    for what, places in by_what.items():
        order = sorted(places, key=lambda where: -max(row["mean"] for row in places[where].values()))
        rows = [
            [
                place_of(where),
                _measured(what, now.get((what, where))),
                *(_held(what, places[where].get(each)) for each in ahead),
            ]
            for where in order[:PLACES_SHOWN]
        ]
        more = f", the {PLACES_SHOWN} largest of {len(order)}" if len(order) > PLACES_SHOWN else ""
        heads = ("Place", "Measured", *(f"In {ahead_of(minutes)}" for minutes in ahead))
        body = table(f"{name_of(what)} by place{more}", heads, rows)
        parts.append(
            f'<details id="forecast-{esc(what)}"{"" if parts else " open"}><summary>{esc(name_of(what))} by place</summary>{body}</details>'
        )
    return "\n".join(parts)


def alarm_table(alarms: Sequence[Row], now_us: int) -> str:
    """Return the alarms, those that stand and then the latest first."""
    order = sorted(alarms, key=lambda row: (row["until_us"], row["raised_us"]), reverse=True)
    rows = [
        [
            clock(row["raised_us"]),
            esc(name_of(row["what"])),
            place_of(row["where"]),
            esc(row["side"]),
            f"{clock(row['since_us'])} to {'now' if row['until_us'] == now_us else clock(row['until_us'])}",
            value_of(row["what"], row["measured"]),
            interval_of(row["what"], dict(row)),
        ]
        for row in order[:ALARMS_SHOWN]
    ]
    caption = "Outside of what was foretold a quarter of an hour before, at the last one outside"
    caption += f"; the latest {ALARMS_SHOWN} of {len(alarms)}" if len(alarms) > ALARMS_SHOWN else ""
    heads = ("Raised", "What", "Where", "Side", "Outside", "Measured", "90 % interval")
    return _scrolled(table(caption, heads, rows, 5), len(rows))


def tried_table(tried: Sequence[Row], tried_us: int) -> str:
    """Return what each policy would change, with the interval of the difference."""
    if not tried:
        return ""
    rows = [
        [
            esc(row["policy"]),
            esc(name_of(row["what"])),
            place_of(row["where"]),
            f"in {ahead_of(row['ahead_min'])}",
            f"{value_of(row['what'], row['difference'], signed=True)}{'' if row['low'] <= 0 <= row['high'] else ' *'}",
            interval_of(row["what"], dict(row), signed=True),
        ]
        for row in tried
    ]
    heads = ("Policy", "What", "Where", "When", "Difference", "90 % interval")
    caption = f"Differences of forks from {clock(tried_us)}: each mall with the policy and without, under the same luck (* away from 0)"
    return _scrolled(table(caption, heads, rows, 4), len(rows))


def dial_table(status: Row) -> str:
    """Return the factors that the filter moves."""
    if not status["dials"]:
        return ""
    rows = [
        [esc(row["name"].replace("_", " ")), number(row["mean"], 2), f"{number(row['low'], 2)} to {number(row['high'], 2)}"]
        for row in status["dials"]
    ]
    added = status["added_people"]
    moved = (
        f" {abs(added):.1f} people a mall were {'added' if added > 0 else 'withheld'} to hold as many as were counted."
        if added
        else ""
    )
    return f"<p>Factors on what the scenario says, learned from the feed; 1 is as configured.{moved}</p>\n" + table(
        "Today against the scenario", ("What", "Factor", "90 % interval"), rows
    )


def score_table(scores: Sequence[Row]) -> str:
    """Return how good forecasts were, by quantity and by how far ahead."""
    rows = [
        [
            esc(name_of(row["what"])),
            esc(row["of"]),
            ahead_of(row["ahead_min"]),
            whole(row["forecasts"]),
            score_of(row["what"], row["crps_mean"]),
            score_of(row["what"], row["error_mean"]),
            score_of(row["what"], row["measured_mean"]),
            percent(row["covered_share"]),
        ]
        for row in scores
    ]
    heads = ("What", "Of", "Ahead", "Forecasts", "CRPS", "Mean error", "Mean measured", "In the 90 % interval")
    return _scrolled(table("Scores of the forecasts so far", heads, rows, 3), len(rows))


def aside_tables(found: Row) -> str:
    """Return how many records were used and set aside, and the last ones that were."""
    reasons = [[esc(why), whole(count)] for why, count in found["reasons"].items()]
    counts = table("Records set aside, or used though odd", ("Why", "Records"), reasons) if reasons else ""
    rows = [[esc(one["why"]), f"<code>{esc(one['record'])}</code>", esc(one["detail"])] for one in reversed(found["last"])]
    last = table(f"The last {len(rows)} set aside", ("Why", "Record", "Detail"), rows, 3) if rows else ""
    text = f"{whole(found['used'])} records were used, {whole(found['refused'])} set aside. aside.jsonl keeps them with the reason."
    return f"<p>{esc(text)}</p>\n{counts}\n{last}"


def _held(what: str, row: Row | None) -> str:
    if row is None:
        return "–"
    return f'{value_of(what, row["mean"])} <span class="held">{interval_of(what, dict(row))}</span>'


def _measured(what: str, row: Row | None) -> str:
    return "–" if row is None else value_of(what, row["measured"])


def _scrolled(body: str, rows: int) -> str:
    return body.replace('class="across"', 'class="across tall"', 1) if rows > 12 else body
