"""Rows that log-ins, app, card and tills report, gathered as numbers and spelt out when they are read."""

from __future__ import annotations

import numpy as np

from sim.sensing.observations import ObservedRows

KINDS = (
    ("portal", "seen"), ("portal", "connected"), ("portal", "opened"), ("portal", "code"), ("portal", "completed"), ("member", "joined"),
    ("app", "opened"), ("app", "navigation"), ("app", "booking"), ("app", "parking"), ("card", "shown"), ("partner", "recognised"),
)  # fmt: skip
CODES = {kind: code for code, kind in enumerate(KINDS)}
PAID = len(KINDS)  # and above: at the till of a unit


class Reports:
    """What is to be reported at the next reading."""

    def __init__(self, unit_ids: tuple[str, ...]) -> None:
        self._sensors = np.array([*(sensor for sensor, _ in KINDS), *(f"till:{name}" for name in unit_ids)], dtype=str)
        self._kinds = np.array([*(kind for _, kind in KINDS), "paid"], dtype=str)
        self._rows: list[tuple[np.ndarray, ...]] = []

    def add(self, time_us: np.ndarray, sensor: str, kind: str, subject: np.ndarray, value: np.ndarray | int = 0) -> None:
        """Add rows of one kind."""
        self._add(time_us, CODES[sensor, kind], subject, value)

    def add_paid(self, time_us: np.ndarray, unit: np.ndarray, account: np.ndarray, fen: np.ndarray) -> None:
        """Add what tills report of who paid."""
        self._add(time_us, PAID + unit, account, fen)

    def _add(self, time_us: np.ndarray, code: np.ndarray | int, subject: np.ndarray, value: np.ndarray | int) -> None:
        if time_us.size:
            self._rows.append(
                (time_us, np.full(time_us.shape, code, np.int64), subject, np.full(time_us.shape, value, np.int64))
            )

    def read(self, now_us: int, seen: int) -> ObservedRows:
        """Return the rows added since the last reading in order of time, and how many phones with Wi-Fi on were seen since."""
        self._add(np.array([now_us]), CODES["portal", "seen"], np.zeros(1, np.int64), seen)
        columns = [np.concatenate(column) for column in zip(*self._rows, strict=True)]
        self._rows = []
        order = np.argsort(columns[0], kind="stable")
        time_us, code, subject, value = (column[order] for column in columns)
        return ObservedRows(time_us, self._sensors[code], self._kinds[np.minimum(code, PAID)], subject, value)
