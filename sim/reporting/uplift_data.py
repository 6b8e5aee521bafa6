"""The data set of a measured policy as Python sees it: the log for bandit learning, the uplift rows, and the truth apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import GalleriaError, Problem
from sim.reporting.manifest import read_finished
from sim.reporting.uplift_files import BANDIT, FEATURE, TRUTH, UPLIFT

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Feedback:
    """Logged bandit feedback, row by row."""

    action: np.ndarray  # int8 (n) 1: the message has reached the phone; 0: it was held back by chance, or found nobody
    propensity: np.ndarray  # float64 (n) probability, before the draw, of the action taken
    reward_fen: np.ndarray  # int64 (n) what the visit spent afterwards
    context: np.ndarray  # float64 (n, features) what the policy went by; NaN where it went by something else
    context_names: tuple[str, ...]


@dataclass(frozen=True)
class UpliftData:
    """What `galleria uplift` has left; the tables need `export=true`."""

    folder: Path
    facts: dict[str, Any]  # uplift.json

    def feedback(self) -> Feedback:
        """Return the log as arrays, as bandit learning takes it."""
        table = self.table("bandit")
        names = tuple(name for name in table.column_names if name.startswith(FEATURE))
        context = [table.column(name).to_numpy().astype(float) for name in names]
        return Feedback(
            table.column("action").to_numpy(),
            table.column("propensity").to_numpy(),
            table.column("reward_fen").to_numpy(),
            np.column_stack(context) if context else np.zeros((table.num_rows, 0)),
            tuple(name.removeprefix(FEATURE) for name in names),
        )

    def bandit_frame(self, library: str = "pandas") -> Any:
        """Return one row per message decided: what was known, done, with which probability, and what the visit spent afterwards."""
        return self._frame("bandit", library)

    def uplift_frame(self, library: str = "pandas") -> Any:
        """Return one row per visit about which something was decided: features, treatment, propensity, outcome."""
        return self._frame("uplift", library)

    def truth_frame(self, library: str = "pandas") -> Any:
        """Return the true effect of each row of the log, by twins. For judging estimates; nothing of it may be used for one."""
        return self._frame("truth", library)

    def table(self, name: str) -> pa.Table:
        """Return "bandit", "uplift" or "truth" as an Arrow table; raises GalleriaError where it was not exported."""
        from sim.reporting.tables import file_table

        known = [Path(file).stem for file in (BANDIT, UPLIFT, TRUTH)]
        if name not in known:
            raise GalleriaError.of(
                self.folder, [Problem("table", repr(name), f"one of {', '.join(known)}", "name one of them")]
            )
        if not (self.folder / f"{name}.parquet").is_file():
            way_out = "galleria uplift ... export=true"
            raise GalleriaError.of(
                self.folder, [Problem(f"{name}.parquet", "no such file", "is written where asked for", way_out)]
            )
        return file_table(self.folder, name)

    def _frame(self, name: str, library: str) -> Any:
        from sim.reporting.tables import frame_of

        return frame_of(self.table(name), library)


def load_uplift(folder: Path) -> UpliftData:
    """Return what `galleria uplift` has left in a folder; raises GalleriaError where that is nothing, or was changed."""
    return UpliftData(Path(folder), read_finished(Path(folder), "uplift.json"))
