"""How tenants stand from day to day: their quality, and the ratings that people read."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.standing import even_standing
from sim.world import Lived


class Reputation:
    """The tenants' standing, which a day's ratings and their own decisions change."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan) -> None:
        self._config = config
        self.standing = even_standing(len(compiled.unit_ids))

    def learn(self, lived: Lived) -> None:
        """Take in the ratings of a day."""
        np.add.at(self.standing["ratings"], lived.ratings["unit"], 1)
