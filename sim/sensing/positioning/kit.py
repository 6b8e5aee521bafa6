"""What positioning needs of a mall: radio maps, survey, estimator, error law; each made when first asked for, and kept for later runs."""

from __future__ import annotations

import hashlib
import json
import logging
import platform
from dataclasses import asdict
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.plan_arrays import CompiledPlan
from sim.sensing.positioning import kept_arrays
from sim.sensing.positioning.estimators import Estimator, make_estimator
from sim.sensing.positioning.fingerprints import Fingerprints
from sim.sensing.positioning.methods import FullRadio, GaussianLaw, Method
from sim.sensing.positioning.scans import Scans
from sim.sensing.positioning.surrogate import ErrorLaw, Law, fit_law
from sim.sensing.positioning.survey import deaf_levels, survey_of
from sim.sensing.radio.radio_map import Radio, build_radio
from sim.sensing.radio.wifi import receiver_of

LOG = logging.getLogger("galleria")  # what takes long is told to whoever listens: the command line does


def has_radio(compiled: CompiledPlan) -> bool:
    """Return whether a plan has access points, without which there is nothing to hear."""
    return compiled.rooms is not None and compiled.access_points is not None and compiled.access_points.key.size > 0


class Kit:
    """One mall's means of positioning.

    A mall is the same building on every day: shadowing, survey and error law do not depend on the run's seed, nor on what the plan
    calls its parts, but on where its access points hang (their keys) and a seed of its own, `sensing.radio.building_seed`. The noise of readings and the choice of an
    error are the run's. What is made is kept in the user's cache folder, found by a digest of all it depends on.
    """

    def __init__(
        self, compiled: CompiledPlan, config: RunConfig, is_on: np.ndarray | None = None, folder: Path | None = None
    ) -> None:
        """Take the access points that are on at the start (int8, A; all when None): those that the survey met.

        The array is the switch: whoever writes to it switches access points off and on, and every method heeds it.
        """
        self._compiled, self._config = compiled, config.sensing
        self._seed = config.sensing.radio.building_seed
        points = 0 if compiled.access_points is None else compiled.access_points.key.size
        self.is_on = np.ones(points, np.int8) if is_on is None else is_on
        self._surveyed_on = self.is_on.copy()
        self._folder = folder or kept_arrays.cache_folder()

    def method(self, config: RunConfig) -> Method | None:
        """Return what makes fixes of scans, None for `off`; raises ConfigError where a plan without access points has none to hear."""
        name = config.sensing.positioning.method
        if name == "off":
            return None
        if name == "law":
            return GaussianLaw(self._compiled, config)
        if not has_radio(self._compiled):
            way_out = "set it to law or off, or add access_points.geojson to the plan"
            rule = f"there is nothing to hear: the plan {self._compiled.name!r} has no access points"
            raise ConfigError.of("configuration", [Problem("sensing.positioning.method", name, rule, way_out)])

        def full() -> FullRadio:
            return FullRadio(self.radio, self.estimator, config.seed)

        return full() if name == "full" else ErrorLaw(self.law, full, self.is_on, self._surveyed_on, config)

    @cached_property
    def radio(self) -> Radio:
        """The radio maps, with this kit's switches."""
        key = self._key(asdict(self._config.radio))
        kept = kept_arrays.fetch(self._folder, "maps", key)
        if kept is not None:
            plain = {name: value if value.ndim else value.item() for name, value in kept.items()}
            return Radio(**plain, is_on=self.is_on, receiver=receiver_of(self._config.radio, self._seed))
        points = self.is_on.size
        LOG.info("Measuring the Wi-Fi of %s (%d access points): once for these settings.", self._compiled.name, points)
        made = build_radio(self._compiled, self._config, self._seed)
        stored = {name: np.asarray(value) for name, value in made._asdict().items() if name not in ("is_on", "receiver")}
        kept_arrays.keep(self._folder, "maps", key, stored)
        return made._replace(is_on=self.is_on)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """The survey, taken while those access points were on that are on at the start.

        Raises ConfigError where it heard nothing of any of them; a level on which it heard nothing is told as a caution.
        """
        found = self._kept_or_new_survey()
        if self._surveyed_on.any():
            deaf = deaf_levels(self._compiled, found)
            if deaf:
                _caution(self._compiled.name, ", ".join(deaf))
        return found

    def _kept_or_new_survey(self) -> Fingerprints:
        key = self._key(*self._surveyed())
        kept = kept_arrays.fetch(self._folder, "survey", key)
        if kept is not None:
            scans = Scans(**{name: kept.pop(name) for name in Scans._fields})
            return Fingerprints(**kept, scans=scans)
        made = survey_of(self._compiled, self._at_start(), self._config, self._seed)
        places = {name: column for name, column in made._asdict().items() if name != "scans"}
        kept_arrays.keep(self._folder, "survey", key, {**places, **made.scans._asdict()})
        return made

    @cached_property
    def estimator(self) -> Estimator:
        """The configured estimator."""
        points, name = self._compiled.access_points, self._config.positioning.estimator
        assert points is not None
        prints = self.fingerprints if name == "knn" else None
        return make_estimator(name, points, prints, self._config, self._compiled.level_heights_m)

    @cached_property
    def law(self) -> Law:
        """The error law of the configured estimator."""
        names = ("estimator", "neighbours", "law_samples", "law_cell_m")
        chosen = {name: getattr(self._config.positioning, name) for name in names}
        key = self._key(*self._surveyed(), chosen)
        kept = kept_arrays.fetch(self._folder, "law", key)
        if kept is not None:
            plain = {name: value if value.ndim else value.item() for name, value in kept.items()}
            return _as_records(Law(**plain))
        rooms = self._compiled.rooms
        assert rooms is not None
        made = fit_law(rooms, FullRadio(self._at_start(), self.estimator, self._seed), self._config, self._seed)
        kept_arrays.keep(self._folder, "law", key, {name: np.asarray(value) for name, value in made._asdict().items()})
        return _as_records(made)

    def _surveyed(self) -> list[object]:
        """Return what the survey depends on, beside the plan."""
        missing_dbm = self._config.positioning.missing_dbm
        return [asdict(self._config.radio), asdict(self._config.survey), missing_dbm, self._surveyed_on.tolist()]

    def _at_start(self) -> Radio:
        return self.radio._replace(is_on=self._surveyed_on)

    def _key(self, *parts: object) -> str:
        words = json.dumps([self._compiled.digest, _maker(), *parts], sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()[:32]


@cache
def _caution(plan: str, levels: str) -> None:
    """Say once that nobody will be put on these levels."""
    LOG.warning(
        "The survey of %s heard no access point on %s: whoever is there is located on another level or not at all.",
        plan,
        levels,
    )


def _as_records(law: Law) -> Law:
    return law._replace(error=law.error.view(np.recarray))


@cache
def _maker() -> str:
    """Return a digest of all that makes a kit: the sensors' sources, the draws, the processor and the libraries."""
    used = " ".join(f"{package} {version(package)}" for package in ("numpy", "numba", "scipy"))
    digest = hashlib.sha256(f"{used} {platform.machine()} {platform.processor()}".encode())
    sensing = Path(__file__).resolve().parents[1]
    sources = [*sensing.rglob("*.py"), *(sensing.parent / name for name in ("random_streams.py", "plan_arrays.py"))]
    for source in sorted(sources):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()
