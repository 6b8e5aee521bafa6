"""What one calls from Python: run, compare and load, by a scenario's name or by configuration; results give frames and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim import api, config_files, paths
from sim.cli_arms import config_of, refuse_earlier_runs
from sim.cli_policies import use_plugins as name_plugins
from sim.config import RunConfig
from sim.errors import GalleriaError, Problem
from sim.reporting.manifest import read_finished
from sim.reporting.results import Comparison, RunResult, load_comparison
from sim.reporting.uplift_data import UpliftData, load_uplift

Arms = Sequence[tuple[str, RunConfig]] | Mapping[str, RunConfig]


def run(scenario: str | RunConfig, /, *overrides: str | Path, out: Path | str | None = None, **more: Any) -> RunResult:
    """Run a scenario by its name, with overrides as at the command line, or a configuration; return its KPIs and files.

    `out` is the folder (default: outputs/<date>/<time>); after a configuration it may be the second argument. What else sim.api.run
    takes is handed on. Raises GalleriaError for mistakes in scenario, overrides or plan, and for a folder that holds something.
    """
    words, folder = list(overrides), out
    if isinstance(scenario, RunConfig):
        if len(words) + (out is not None) > 1 or any("=" in str(word) for word in words if not isinstance(word, Path)):
            rule = "a configuration takes no overrides: they are composed into it"
            raise GalleriaError.of("run", [Problem("overrides", str(words), rule, "give the scenario's name, or one folder")])
        config, folder = scenario, words[0] if words else out
    else:
        config = config_files.compose(scenario, [str(word) for word in words])
    return api.run(config, _new_folder(folder), **more)


def compare(
    scenario: str | Arms,
    /,
    *overrides: str | Path,
    arms: Sequence[str] = (),
    out: Path | str | None = None,
    replications: int = 20,
    workers: int | None = None,
    count: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Compare arms with the first of them under common random numbers, `replications` days each; return effects with intervals.

    Either `compare(scenario, *overrides, arms=[...])`, arms named as at the command line ("none", a policy, a scenario, overrides;
    default: those that the scenario names), or `compare(configurations, out)`, a dictionary or pairs of name and configuration. A second
    call with the same `out` makes only the runs that it lacks. A script that calls this needs the guard `if __name__ == "__main__":`.
    Raises GalleriaError for what cannot be compared.
    """
    words = [str(word) for word in overrides]
    if isinstance(scenario, str):
        names = [str(name) for name in arms or config_files.compose(scenario, words).arms]
        configs = [(name, config_of(scenario, name, words)) for name in names]
    else:
        if arms or len(words) + (out is not None) > 1:
            rule = "configurations have their arms and overrides in them"
            way_out = "give a scenario's name, or configurations and one folder"
            raise GalleriaError.of("compare", [Problem("arms, overrides", f"{list(arms)}, {words}", rule, way_out)])
        pairs: Any = scenario.items() if isinstance(scenario, Mapping) else scenario
        configs = [(str(name), config) for name, config in pairs]
        out = words[0] if words else out
    refuse_earlier_runs(configs)
    api.refuse_unknown_policies(config for _, config in configs)
    folder = paths.new_output_folder() if out is None else Path(out)
    return Comparison(api.compare(configs, folder, replications, count, workers=workers), folder)


def load(folder: Path | str) -> RunResult | Comparison | UpliftData:
    """Return what a finished folder holds: a run, a comparison, or the data set of `galleria uplift export=true`.

    Raises GalleriaError where there is nothing finished or its files were changed.
    """
    folder = Path(folder)
    manifest = read_finished(folder, "manifest.json")
    if manifest.get("kind") == "comparison":
        return load_comparison(folder)
    if "uplift.json" in manifest.get("files", {}):
        return load_uplift(folder)
    return api.load(folder)


def use_plugins(*files: Path | str) -> None:
    """Let runs of this process, and of the workers that it starts, know the policies of one's own in some Python files.

    They stand beside those of the catalogue until other files are named. Raises GalleriaError for what is wrong in the files.
    """
    name_plugins([Path(file) for file in files])


def _new_folder(wanted: Path | str | None) -> Path:
    """Return the folder for a run, which must hold nothing yet."""
    if wanted is None:
        return paths.new_output_folder()
    folder = Path(wanted)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GalleriaError.of(
            "run", [Problem("out", str(folder), "must be a new or an empty folder", "name another, or delete it")]
        )
    return folder
