"""The ensemble: malls kept in step with what a mall measures, and what they foretell."""

from __future__ import annotations

from collections.abc import Sequence

from sim.config import RunConfig
from sim.feeds.records import Record
from sim.twin.moment import Moment

MEMBERS = 24


class Twin:
    """A mall's live twin; `step` takes it from one multiple of a quarter of an hour to a later one."""

    opens_us: int
    closes_us: int

    def __init__(
        self,
        config: RunConfig,
        *,
        members: int = MEMBERS,
        tries: Sequence[str] = (),
        is_assimilating: bool = True,
        workers: int = 2,
    ) -> None:
        """Assemble the malls; `tries` are policies of the catalogue. Raises GalleriaError for what cannot be a twin."""
        raise NotImplementedError

    def step(self, until_us: int, records: Sequence[Record]) -> Moment:
        """Live until `until_us`, take in what was measured until then, foretell, try policies, score older forecasts."""
        raise NotImplementedError

    def close(self) -> None:
        """Leave nothing behind: no file, no process."""
        raise NotImplementedError
