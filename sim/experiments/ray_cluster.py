"""A Ray cluster as experiments and networks of malls use it: joined or started, with one actor for each core, since an actor costs 100 MB."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sim import paths
from sim.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

# Workers look for packages where this process does, and cache kernels in the same folder.
PASSED = ("PYTHONPATH", "XDG_CACHE_HOME", "NUMBA_DISABLE_JIT", "GALLERIA_PLUGINS")
_PACKAGES = ("sim", "agents")
_HERE = Path(__file__).resolve().parents[2]


class Cluster(AbstractContextManager["Cluster"]):
    """A cluster that this process has joined, or started where there is none to join."""

    def __init__(self, place: str, workers: int = 0, address: str = "", ship: Sequence[str] | None = None) -> None:
        """`place` names the key that asked for Ray; `workers` 0 means one for each core.

        To a cluster that is joined go the packages and the floor plans of `ship`, so that its nodes need only Python with the same
        libraries; None where they share this machine's folders. Raises ConfigError where Ray is missing.
        """
        self.ray = _ray(place)
        self._wanted, self._place = workers, place
        self._address = address or os.environ.get("RAY_ADDRESS", "")
        self._ship = ship
        self._open = ExitStack()
        self.number = 0

    def __enter__(self) -> Cluster:
        """Join, or start one on this machine; a cluster that this process has joined already is used as it is."""
        if not self.ray.is_initialized():
            environment: dict[str, Any] = {"env_vars": {name: os.environ[name] for name in PASSED if name in os.environ}}
            if self._address and self._ship is not None:
                environment["working_dir"] = str(self._open.enter_context(_shipped(self._ship)))
                environment["env_vars"].pop("PYTHONPATH", None)  # what is shipped comes first, and paths differ there
            own = {} if self._address else {"num_cpus": self._wanted or None, "include_dashboard": False}
            try:
                self.ray.init(
                    address=self._address or None, runtime_env=environment, log_to_driver=False, configure_logging=False, **own
                )
            except (ConnectionError, RuntimeError, ValueError) as trouble:
                self._open.close()
                reason = str(trouble).splitlines()[0]
                problem = Problem(
                    f"{self._place}: address", self._address or "this machine", reason, "`ray status` shows a cluster"
                )
                raise ConfigError.of("the Ray cluster", [problem]) from None
            self._open.callback(self.ray.shutdown)
        self.number = self._wanted or max(1, int(self.ray.cluster_resources().get("CPU", 1)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave it, or end it where this process has started it."""
        self._open.close()

    def actor(self, kind: type[Any], *arguments: Any) -> Any:
        """Start an actor on a core of its own; one that dies is not begun again by Ray."""
        return self.ray.remote(num_cpus=1, max_restarts=0)(kind).remote(*arguments)

    def living_nodes(self) -> set[str]:
        """Return the ids of the nodes that are there."""
        return {str(node["NodeID"]) for node in self.ray.nodes() if node["Alive"]}


@contextmanager
def _shipped(plans: Sequence[str]) -> Iterator[Path]:
    """Give a folder with the packages, their data and the floor plans that are named, as a node's working directory."""
    with tempfile.TemporaryDirectory(prefix="galleria-ship-") as name:
        folder = Path(name)
        without = shutil.ignore_patterns("__pycache__", "*.pyc")
        for package in _PACKAGES:
            shutil.copytree(_HERE / package, folder / package, ignore=without)
        root = paths.bundled_root()
        if root == _HERE:
            shutil.copytree(root / "conf", folder / "conf")
            shutil.copy(root / "pyproject.toml", folder)
        for plan in plans:
            found = paths.find_floorplan(plan)
            if Path(plan).is_absolute():
                continue  # a path that all nodes share
            target = folder / (Path("floorplans") / plan if plan in paths.floorplan_folders() else Path(plan))
            (shutil.copytree if found.is_dir() else shutil.copy)(found, _made(target))
        yield folder


def _made(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _ray(place: str) -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError:
        way_out = f"`pip install 'galleria[ray]'` (or `pip install ray`), or leave {place}=ray out"
        raise ConfigError.of(
            "the configuration", [Problem(place, "ray", "the package ray is not installed", way_out)]
        ) from None
