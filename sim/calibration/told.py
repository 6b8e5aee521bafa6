"""What a calibration found, for people: a page in words with its tables, and the calibrated scenario with where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from sim.experiments.optimise.winner import with_overrides
from sim.feeds.summaries import in_words

SHOWN = 6  # significant digits


def page(record: Mapping[str, Any]) -> str:
    """Return calibration.md."""
    data, parameters = record["data"], record["parameters"]
    told = [each for each in parameters if each["is_told"]]
    rest = [each for each in parameters if not each["is_told"]]
    lines = [
        f"# {record['scenario']}, calibrated",
        "",
        f"Data: {data['days']} days, {data['first']} to {data['last']}; {data['days_fitted']} fitted, {data['days_held_out']} held out "
        f"(the last ones, which the fit never saw). {record['simulated_days']:,} days were simulated at {record['points']} settings.",
        "",
        f"**The data tell {len(told)} of {len(parameters)} parameters.** A parameter counts as told when its 90 % interval is at most a "
        "third as wide as what was thought possible before.",
        "",
        *_table(("parameter", "before", "after", "90 % interval", "width", "do the data tell it?"), map(_row, parameters)),
        "",
        "Width is that of the interval over the width before any data: 1 is no news.",
        "",
        "## What the data cannot tell",
        "",
        *_unknown(record, rest),
        "",
        "## Does the calibrated mall do what the real one did?",
        "",
        *_checks(record),
        "",
        "## What was measured",
        "",
        *_table(
            ("summary", "what it is", "explained by settings", "used"),
            (
                (each["summary"], in_words(each["summary"]), f"{max(each['told_share'], 0.0):.0%}", "yes" if each["is_used"] else "no")
                for each in record["summaries"]
            ),
        ),
        "",
        *(f"- `{name}` was left out: {reason}." for name, reason in record["left_out"].items()),
        "",
        f"Records: {data['records']}.",
        "",
        f"Chains agree to R-hat {record['r_hat']:.3f} (1 is best; above 1.05 the intervals are not to be trusted).",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def scenario(record: Mapping[str, Any], base: Mapping[str, Any], mass: float) -> str:
    """Return calibrated.yaml: the scenario with what has changed, and comments that say where each number comes from."""
    data = record["data"]
    changed = [each for each in record["parameters"] if each["after"] != each["before"]]
    kept = {key: value for key, value in base.items() if key not in ("arms", "covers", "expects", "calibrate")}
    kept["question"] = f"What does {record['scenario']} look like as its own data have it, {data['first']} to {data['last']}?"
    values = with_overrides(kept, [f"{each['key']}={each['after']!r}" for each in changed])
    comments = [
        f"# Calibrated by galleria {record['version']} from {data['days_fitted']} days, {data['first']} to {data['last']}.",
        f"# SHA-256 of the data: {data['sha256']}",
        f"# {mass:.0%} intervals; what is not named here is as the scenario had it.",
        *(
            f"# {each['key']}: {each['low']:.{SHOWN}g} to {each['high']:.{SHOWN}g}, before {each['before']:.{SHOWN}g}"
            + ("" if each["is_told"] else " (NOT TOLD by the data: moved to the edge of its interval)")
            for each in changed
        ),
    ]
    body = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
    return "\n".join(["# @package _global_", *comments, body])


def _row(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"`{each['key']}`", f"{each['before']:.{SHOWN}g}", f"{each['after']:.{SHOWN}g}",
        f"{each['low']:.{SHOWN}g} to {each['high']:.{SHOWN}g}", f"{each['width_share']:.2f}", "yes" if each["is_told"] else "no",
    )  # fmt: skip


def _unknown(record: Mapping[str, Any], rest: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [
        f"- `{each['key']}`: anything from {each['low']:.{SHOWN}g} to {each['high']:.{SHOWN}g} fits; "
        + ("it stays as it was." if each["after"] == each["before"] else "it was outside of that, and is now at its edge.")
        for each in rest
    ]
    lines += [
        f"- `{each['one']}` and `{each['other']}` only together (correlation {each['correlation']:.2f}): one can make up for the other."
        for each in record["together"]
    ]
    return lines or ["Nothing: every parameter is told."]


def _checks(record: Mapping[str, Any]) -> list[str]:
    rows = record["predictive"]
    outside = [each for each in rows if not each["is_inside"]]
    lines = [
        f"Days simulated with what the data leave possible: of {len(rows)} summaries {len(rows) - len(outside)} lie in their 90 % intervals; "
        f"chance alone leaves about {0.1 * len(rows):.0f} outside."
    ]
    lines += [
        f"- {in_words(each['summary'])}: {each['data']:.4g} measured, {each['low']:.4g} to {each['high']:.4g} simulated."
        for each in outside
    ]
    if record["off"] > 1.5:
        lines.append(
            f"\n**The model cannot do all that the mall does**: at its best it stands off by {record['off']:.1f} times what chance explains "
            "(in squares), and all intervals have been widened for it. Something that is not among the parameters is otherwise there."
        )
    held = record.get("held_out")
    if held:
        lines.append(
            f"\nThe {held['days']} days held out: the scenario was {held['distance_before']:.2f} off, calibrated it is {held['distance_after']:.2f} "
            f"(in sd of a day, root mean square over {held['summaries']} summaries; two malls that are alike would show about "
            f"{held['by_chance']:.2f}); {held['nearer']} of {held['summaries']} summaries came nearer."
        )
    return lines


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows)]
