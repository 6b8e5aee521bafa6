"""A mall as a Gymnasium environment, in which policies are learned; importing this registers `galleria/Mall-v0`."""

from __future__ import annotations

from sim.errors import GalleriaError, Problem

try:
    import gymnasium
except ImportError as missing:
    raise GalleriaError.of(
        "sim.learning",
        [Problem("gymnasium", "not installed", "the environment is one of Gymnasium's", "pip install 'galleria[learn]'")],
    ) from missing

ENVIRONMENT = "galleria/Mall-v0"

if ENVIRONMENT not in gymnasium.registry:
    gymnasium.register(ENVIRONMENT, entry_point="sim.learning.environment:MallEnv")
