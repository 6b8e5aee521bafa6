"""The KPIs for spreadsheets: kpis.csv, a line for each KPI with its label, unit, group and the baseline's days."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from sim.reporting.files import csv_cell, plain
from sim.reporting.kpi_catalogue import BY_NAME, GROUPS

COLUMNS = ("name", "label", "value", "unit", "group", "baseline_mean", "baseline_low", "baseline_high", "baseline_days")


def kpis_csv(kpis: Mapping[str, Any], baseline: Mapping[str, Any]) -> str:
    """Return the KPIs as CSV; unknown is empty, numbers are numbers, text that a spreadsheet would run is preceded by an apostrophe.

    `baseline` is what `baseline_of.baseline_record` returns; a file that begins with a byte order mark opens in any language's spreadsheet.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    days = baseline.get("kpis", {})
    for name, value in kpis.items():
        kpi, of_days = BY_NAME[name], days.get(name, {})
        writer.writerow(
            [
                csv_cell(name), csv_cell(kpi.label), _number(value), csv_cell(kpi.unit), csv_cell(GROUPS.get(kpi.group, kpi.group)),
                *(_number(of_days.get(each)) for each in ("mean", "low", "high", "days")),
            ]
        )  # fmt: skip
    return "\ufeff" + text.getvalue()


def _number(value: Any) -> str:
    value = plain(value)
    if value is None or isinstance(value, bool):
        return "" if value is None else str(int(value))
    return repr(value) if isinstance(value, int | float) else csv_cell(str(value))
