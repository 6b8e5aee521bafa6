"""The line in a changelog that says why results are other than they were."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.reporting.files import write_atomically

_UNRELEASED = re.compile(r"^## .*unreleased.*$", re.IGNORECASE | re.MULTILINE)
NAMED_MAX = 3  # KPIs of a scenario in the line


def changelog_beside(baseline: Path) -> Path | None:
    """Return the CHANGELOG.md of the project that a baseline in scenarios/ belongs to; None where it keeps none."""
    found = baseline.resolve().parent.parent / "CHANGELOG.md"
    return found if found.is_file() and _UNRELEASED.search(found.read_text(encoding="utf-8")) else None


def line_of(reason: str, records: Sequence[dict[str, Any]]) -> str:
    """Return the entry: the reason, and for each scenario that has changed how many of its KPIs have moved, the surest first."""
    told = []
    for record in records:
        moved = [f"{each['name']}{_relative(each)}" for each in record["moved"][:NAMED_MAX]]
        more = f" and {len(record['moved']) - NAMED_MAX} more" if len(record["moved"]) > NAMED_MAX else ""
        told.append(f"`{record['name']}`: {', '.join(moved)}{more}" if moved else f"`{record['name']}`: no KPI surely")
    return f"- **Results change** {' '.join(reason.split()).rstrip('.')}. Moved in {'; '.join(told)}."


def append_to(changelog: Path, line: str) -> None:
    """Add an entry at the end of what is unreleased."""
    text = changelog.read_text(encoding="utf-8")
    heading = _UNRELEASED.search(text)
    assert heading is not None
    after = text.find("\n## ", heading.end())
    end = len(text) if after < 0 else after
    before = text[:end].rstrip("\n")
    between = "\n" if before.splitlines()[-1][:1] in ("-", " ") else "\n\n"
    write_atomically(changelog, f"{before}{between}{line}\n{text[end:]}")


def _relative(kpi: dict[str, Any]) -> str:
    if not kpi["baseline_mean"] or kpi["difference_mean"] is None:
        return ""
    return f" {kpi['difference_mean'] / abs(kpi['baseline_mean']):+.1%}"
