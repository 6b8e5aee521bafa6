"""What a check found, for those who read it elsewhere: JUnit XML, annotations of GitHub, Markdown for a pull request."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.experiments.verdicts import FALSE_ALARM_RATE, GONE, MOVED, UNDECIDED

Found = Mapping[str, Any]
FAILING = (MOVED, GONE)
SHOWN_MAX = 12  # KPIs of a scenario in a summary; check.json has all
NO_ALARM = f"{FALSE_ALARM_RATE:.2%}"


def junit(found: Found) -> bytes:
    """Return JUnit XML: a test suite for each scenario, a test case for each KPI and one for its events; an undecided KPI is skipped."""
    root = ET.Element("testsuites", name="galleria check")
    for scenario in found["scenarios"]:
        cases = [_test_case(scenario, each) for each in scenario["kpis"]]
        cases.append(_events_case(scenario))
        facts = {"tests": len(cases), "failures": sum(1 for case in cases if case.find("failure") is not None), "errors": 0}
        facts["skipped"] = sum(1 for case in cases if case.find("skipped") is not None)
        suite = ET.SubElement(
            root, "testsuite", {"name": scenario["name"], **{name: str(number) for name, number in facts.items()}}
        )
        suite.extend(cases)
    for fact in ("tests", "failures", "errors", "skipped"):
        root.set(fact, str(sum(int(suite.get(fact, "0")) for suite in root)))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _test_case(scenario: Found, kpi: Found) -> ET.Element:
    case = ET.Element("testcase", classname=f"galleria.check.{scenario['name']}", name=kpi["name"])
    if kpi["verdict"] in FAILING:
        failure = ET.SubElement(case, "failure", type=kpi["verdict"], message=sentence(kpi))
        failure.text = event_sentence(scenario)
    elif kpi["verdict"] == UNDECIDED:
        ET.SubElement(case, "skipped", message=sentence(kpi))
    return case


def _events_case(scenario: Found) -> ET.Element:
    """Return the case that fails where the same code gave other results."""
    case = ET.Element("testcase", classname=f"galleria.check.{scenario['name']}", name="repeats bit for bit")
    if scenario["verdict"] == "not repeatable":
        ET.SubElement(case, "failure", type="not repeatable", message=NOT_REPEATABLE).text = event_sentence(scenario)
    return case


NOT_REPEATABLE = "the same code, versions, configuration and processor have given other results: a run no longer repeats"


def github_annotations(found: Found) -> list[str]:
    """Return the lines by which a workflow of GitHub shows what is wrong at the scenario's file."""
    lines = []
    for scenario in found["scenarios"]:
        moved = [each for each in scenario["kpis"] if each["verdict"] in FAILING]
        undecided = [each for each in scenario["kpis"] if each["verdict"] == UNDECIDED]
        said = [NOT_REPEATABLE] if scenario["verdict"] == "not repeatable" else []
        said += [sentence(each) for each in moved[:SHOWN_MAX]]
        if said:
            more = [f"and {len(moved) - SHOWN_MAX} more"] if len(moved) > SHOWN_MAX else []
            lines.append(_annotation("error", scenario, f"{_count(moved)} moved", [*said, *more, event_sentence(scenario)]))
        if undecided:
            told = [sentence(each) for each in undecided[:SHOWN_MAX]]
            lines.append(_annotation("warning", scenario, f"{_count(undecided)} undecided", told))
    return lines


def _annotation(level: str, scenario: Found, title: str, lines: list[str]) -> str:
    file, heading = (
        _escaped(text).replace(":", "%3A").replace(",", "%2C")
        for text in (_shown_path(scenario), f"{scenario['name']}: {title}")
    )
    return f"::{level} file={file},title={heading}::{_escaped(chr(10).join(line for line in lines if line))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def markdown(found: Found) -> str:
    """Return a summary: a line for each scenario, then what has moved and the first event that differs."""
    verdict = "passed" if found["passed"] else "**failed**"
    rows = [
        f"| {_cell(each['name'])} | {each['verdict']} | {_cell(counts_text(each))} | {_cell(', '.join(each['differs']) or '–')} |"
        for each in found["scenarios"]
    ]
    head = ["| scenario | verdict | KPIs | what is not as it was |", "|---|---|---|---|"]
    parts = [f"### galleria check {verdict}", "\n".join([*head, *rows])]
    for scenario in found["scenarios"]:
        moved = [each for each in scenario["kpis"] if each["verdict"] in FAILING]
        if moved:
            lines = ["| KPI | baseline | now | difference | 95 % interval | p |", "|---|---|---|---|---|---|"]
            lines += [f"| {' | '.join(_cell(text) for text in row_of(each))} |" for each in moved[:SHOWN_MAX]]
            more = [f"and {len(moved) - SHOWN_MAX} more in check.json"] if len(moved) > SHOWN_MAX else []
            parts += [f"#### {_cell(scenario['name'])}: {_count(moved)} moved", "\n".join(lines), *more]
        if scenario["first_difference"]:
            parts.append(_cell(event_sentence(scenario)))
    parts.append(rate_sentence(found))
    return "\n\n".join(parts) + "\n"


def row_of(kpi: Found) -> tuple[str, ...]:
    """Return name, means, difference, interval and corrected p of a KPI as text."""
    interval = "–" if kpi["ci_low"] is None else f"{kpi['ci_low']:.4g} to {kpi['ci_high']:.4g}"
    p = kpi["p_confirmed"] if kpi["p_confirmed"] is not None else kpi["p_adjusted"]
    return (
        kpi["name"],
        *(_number(kpi[name]) for name in ("baseline_mean", "now_mean", "difference_mean")),
        interval,
        _number(p),
    )


def sentence(kpi: Found) -> str:
    """Return what is said of one KPI."""
    if kpi["difference_mean"] is None:
        return f"{kpi['name']} {kpi['verdict']}: {kpi['note']}"
    unit = kpi["unit"] if kpi["unit"] not in ("share", "index", "ratio", "") else ""
    means = f"{_number(kpi['baseline_mean'])} -> {_number(kpi['now_mean'])}{' ' if unit else ''}{unit}"
    relative = f", {kpi['difference_mean'] / abs(kpi['baseline_mean']):+.2%}" if kpi["baseline_mean"] else ""
    text = f"{kpi['name']} {kpi['verdict']}: {means} (difference {kpi['difference_mean']:+.4g}{relative}"
    if kpi["ci_low"] is not None:
        text += f", 95 % interval {kpi['ci_low']:.4g} to {kpi['ci_high']:.4g}"
    text += f"; {_number(kpi['margin'])} would mean nothing)" if kpi["margin"] is not None else ")"
    if kpi["verdict"] == UNDECIDED and kpi["pairs_needed"] is not None:
        text += f"; about {kpi['pairs_needed']:,} pairs would decide, there are {kpi['pairs']}"
    return f"{text}; {kpi['note']}" if kpi["note"] else text


def event_sentence(scenario: Found) -> str:
    """Return where the events leave those of the baseline; nothing where they do not."""
    found = scenario["first_difference"]
    if not found:
        return ""
    seed = f"replication {found['replication']}, seed {found['seed']}"
    if found["event"] is None:
        return f"The first events that differ are in {seed}, whose events the baseline does not keep; run that seed in both versions."
    if found["before"] is not None:
        return f"The first event that differs ({seed}) is number {found['event']:,}. Before: {found['before']}. Now: {found['now']}."
    block = f"among the {found['block']} events from number {found['event']:,} on, which began at {found['begins']} before"
    return (
        f"The first event that differs ({seed}) is {block}. What was there is not known. Now these begin with: {found['now']}."
    )


def counts_text(scenario: Found) -> str:
    """Return "2 moved, 150 exact"."""
    return ", ".join(f"{number} {verdict}" for verdict, number in scenario["counts"].items())


def rate_sentence(found: Found) -> str:
    """Return how often a check like this fails where nothing has moved."""
    return (
        f"{found['tested']:,} KPIs were compared. Of changes that move no KPI's mean, at most {NO_ALARM} are failed by chance "
        "(two stages on different seeds, each at 5 % over all KPIs, Holm); the same code is never."
    )


def _shown_path(scenario: Found) -> str:
    path = Path(scenario["file"])
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.as_posix()


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def _count(kpis: list[Any]) -> str:
    return f"{len(kpis)} KPI{'' if len(kpis) == 1 else 's'}"


def _cell(text: str) -> str:
    """Return text that means nothing to Markdown."""
    return "".join(f"\\{sign}" if sign in "|<>`*[]\\" else " " if sign in "\r\n" else sign for sign in text)
