"""Composes a run's configuration from Galleria's files, the user's own and the command line, and refuses what is wrong in them.

Hydra does the composing, but never opens a file: `config_yaml` reads each one as plain data, `config_keys` compares it with the
schema, and only what passed both is given to Hydra's store. So nothing a file says can name code, the environment or a folder.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import paths
from sim.config import RunConfig, hours_of, problems_of
from sim.config_keys import kind_at, tree_problems
from sim.config_overrides import Given, keys_of, read_overrides, read_values
from sim.config_yaml import Keys, PlainFile, plain_file, read_plain, text_of
from sim.errors import ConfigError, Problem
from sim.units import minutes_from_hours

if TYPE_CHECKING:
    from hydra.core.config_store import ConfigNode

SOURCE = "the configuration"
MEASURES = "measures"  # the group whose options are policies that are settings alone: those that `policies` names act
COMPOSED_MAX = 64  # configurations that are kept, to be varied by plain values
FILES: tuple[tuple[str, str, str], ...] = (
    ("goods", "stocking", "forecast_file"),
    ("layout", "site", "members_file"),
)  # tables that a run reads
# Hydra has one store and one instance in a process, and threads would compose from each other's.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class ScenarioRecord:
    """What a scenario says of itself."""

    name: str
    question: str
    expects: str
    covers: tuple[str, ...]
    path: Path


@dataclass
class _Sources:
    """Everything a run is composed from: files by (group, option), the scenario's option, overrides, and their problems."""

    files: dict[tuple[str, str], PlainFile] = field(default_factory=dict)
    main: PlainFile = field(default_factory=lambda: read_plain(paths.bundled_root() / "conf" / "config.yaml"))
    scenario: str = ""
    given: list[Given] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unreadable: bool = False  # so badly that composing what is left would mislead


def compose(scenario: str, overrides: Sequence[str] = ()) -> RunConfig:
    """Return the configuration of a scenario (a name, or a path to a .yaml) with `key=value` overrides; raises ConfigError."""
    path = scenario_path(scenario)
    sources = _Sources()
    _gather_groups(sources)
    sources.scenario = _gather_scenario(sources, path, ())
    sources.given, wrong = read_overrides(overrides)
    sources.problems += wrong
    if sources.unreadable:
        raise ConfigError.of(SOURCE, sources.problems)
    with _ONE_AT_A_TIME:
        config = _composed(sources) if sources.problems else _remembered(sources)
    _find_files(config, sources)
    sources.problems += [_placed(problem, sources) for problem in [*problems_of(config), *_plan_problems(config)]]
    if sources.problems:
        raise ConfigError.of(SOURCE, sources.problems)
    named = any(("name",) in found.lines for found in sources.files.values())
    if not named and ("name",) not in [given.keys for given in sources.given]:
        config.name = path.stem
    _write_hours_alike(config)
    return config


def varied(config: RunConfig, overrides: Sequence[str]) -> RunConfig:
    """Return what `compose` would with more overrides, twenty times as fast; each must be of a key that `can_vary`, none inside another."""
    values, wrong = read_values(overrides)
    if wrong:
        raise ConfigError.of(SOURCE, wrong)
    found: RunConfig = copy.deepcopy(config)
    for key, value in values:
        assert can_vary(key), key
        _set(found, keys_of(key), value)
    _find_files(found, _Sources(given=read_overrides(overrides)[0]))
    problems = [*problems_of(found), *_plan_problems(found)]
    if problems:
        sources = _Sources(given=read_overrides(overrides)[0])
        raise ConfigError.of(SOURCE, [_placed(problem, sources) for problem in problems])
    _write_hours_alike(found)
    return found


def _set(config: RunConfig, keys: Keys, value: Any) -> None:
    """Set one plain value, as its declared kind."""
    *above, last = keys
    section: Any = config
    for part in above:
        section = section[part] if isinstance(section, dict) else getattr(section, str(part))
    setattr(section, str(last), kind_at(keys)[0](value))


def can_vary(key: str) -> bool:
    """Say whether a key is one plain value, which chooses no file to compose from."""
    return kind_at(keys_of(key))[0] in (int, float, bool, str) and key not in paths.group_names()


def scenario_path(scenario: str) -> Path:
    """Return the file of a scenario given by name or path; raises ConfigError with what there is."""
    known = paths.scenario_files()
    if scenario in known:
        return known[scenario]
    if scenario.endswith((".yaml", ".yml")) or "/" in scenario:
        return Path(scenario).expanduser()
    raise ConfigError.of(SOURCE, [paths.unknown_name("SCENARIO", scenario, known, "scenario", "`galleria list scenarios`")])


def scenario_records() -> list[ScenarioRecord]:
    """Return what every scenario says of itself; one that cannot be read says why in its question."""
    return [record_of(name, path) for name, path in sorted(paths.scenario_files().items())]


def record_of(name: str, path: Path) -> ScenarioRecord:
    """Return what one scenario says of itself."""
    found = read_plain(path)
    if found.problems:
        return ScenarioRecord(name, f"(cannot be read: {found.problems[0]})", "", (), path)
    covers = found.values.get("covers", [])
    named = tuple(str(row) for row in covers) if isinstance(covers, list) else ()
    return ScenarioRecord(name, str(found.values.get("question", "")), str(found.values.get("expects", "")), named, path)


def as_yaml(config: RunConfig) -> str:
    """Return a composed configuration as YAML."""
    from omegaconf import OmegaConf

    return OmegaConf.to_yaml(OmegaConf.structured(config))


def _gather_groups(sources: _Sources) -> None:
    """Read the options of all groups, or remember them: their texts are always read, but taken apart only when one has changed."""
    texts = []
    for group in paths.group_names():
        for option, path in paths.group_files(group).items():
            problems: list[Problem] = []
            texts.append((group, option, path, text_of(path, problems)))
            sources.problems += problems
            sources.unreadable |= bool(problems)
    groups = _groups_in(tuple(texts))
    sources.files |= groups.files
    sources.problems += groups.problems
    sources.unreadable |= groups.unreadable


@lru_cache(maxsize=8)
def _groups_in(texts: tuple[tuple[str, str, Path, str | None], ...]) -> _Sources:
    """Return the options of all groups by their texts (None: unreadable, which was told already); nobody changes them afterwards."""
    groups = _Sources()
    for group, option, path, text in texts:
        found = groups.files[group, option] = PlainFile(path) if text is None else plain_file(path, text)
        _check(groups, found, () if found.package == "_global_" or group == MEASURES else (group,))
    return groups


def _gather_scenario(sources: _Sources, path: Path, above: tuple[Path, ...]) -> str:
    """Read a scenario and those it builds on; return the name under which Hydra will know it (file names may hold any sign)."""
    option = f"file_{len(sources.files)}"
    found = sources.files["scenarios", option] = read_plain(path)
    entries = found.values.pop("defaults", None)
    _check(sources, found, ())
    if entries is None:
        return option
    first: list[Any] = []
    last: list[Any] = []
    for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        pairs = entry.items() if isinstance(entry, dict) else [("scenarios", entry)]
        for key, value in pairs if entry != "_self_" else ():
            group = str(key).removeprefix("override ").strip().lstrip("/")
            name = str(value).removeprefix("/").removeprefix("scenarios/")
            problem = _default_problem(found.place(("defaults", index)), group, name, (*above, path))
            if problem:
                sources.problems.append(problem)
            elif group == "scenarios":
                first.append(f"/scenarios/{_gather_scenario(sources, paths.scenario_files()[name], (*above, path))}")
            else:
                last.append({f"override /{group}": name})
    found.values["defaults"] = [*first, "_self_", *last]
    return option


def _default_problem(place: str, group: str, name: str, above: tuple[Path, ...]) -> Problem | None:
    if group == "scenarios":
        known = paths.scenario_files()
        if name in known and known[name].resolve() in [path.resolve() for path in above]:
            return Problem(place, name, "a scenario cannot build on itself", "leave this line out")
        return None if name in known else paths.unknown_name(place, name, known, "scenario", "`galleria list scenarios`")
    if group not in paths.group_names():
        return paths.unknown_name(place, group, ["scenarios", *paths.group_names()], "group", "conf/")
    options = paths.group_files(group)
    return None if name in options else paths.unknown_name(place, name, options, f"option of {group}", f"conf/{group}/")


def _check(sources: _Sources, found: PlainFile, section: Keys) -> None:
    """Compare a file with the schema, and leave out what is wrong in it, so that the rest can still be looked at."""
    sources.problems += found.problems
    sources.unreadable |= bool(found.problems)
    if found.package not in ("", "_global_", "_group_"):
        sources.problems.append(
            Problem(found.place(), f"@package {found.package}", "must be _global_", "write `# @package _global_`")
        )
    wrong: list[Keys] = []

    def place(keys: Keys) -> str:
        wrong.append(keys[len(section) :])
        return found.place(keys[len(section) :])

    sources.problems += tree_problems(found.values, place, section)
    for keys in wrong:
        sources.unreadable |= not _left_out(found.values, keys)


def _left_out(values: Any, keys: Keys) -> bool:
    """Delete a key; return False where that would change the meaning of what stays (an entry of a list)."""
    for key in keys[:-1]:
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    if not isinstance(values, dict):
        return False
    values.pop(keys[-1], None)
    return True


@dataclass(frozen=True)
class _Recipe:
    """All that a composed configuration depends on, compared by what the files say."""

    scenario: str
    texts: tuple[tuple[tuple[str, str], str], ...]  # of each file, by group and option
    overrides: tuple[str, ...]
    sources: _Sources = field(compare=False)


def _remembered(sources: _Sources) -> RunConfig:
    """Return what `_composed` would from sources without problems; plain overrides vary a configuration that was composed before."""
    keys = [given.keys for given in sources.given]
    is_apart = not any(first != other and first == other[: len(first)] for first in keys for other in keys)
    plain = [
        given for given in sources.given if is_apart and keys.count(given.keys) == 1 and can_vary(given.text.partition("=")[0])
    ]
    texts = ((("", "config"), sources.main.text), *((known, found.text) for known, found in sources.files.items()))
    others = [given for given in sources.given if given not in plain]
    recipe = _Recipe(sources.scenario, texts, tuple(given.text for given in others), replace(sources, given=others))
    config = copy.deepcopy(_composed_once(recipe))
    for key, value in read_values([given.text for given in plain])[0]:
        _set(config, keys_of(key), value)
    return config


@lru_cache(maxsize=COMPOSED_MAX)
def _composed_once(recipe: _Recipe) -> RunConfig:
    return _composed(recipe.sources)


def _composed(sources: _Sources) -> RunConfig:
    from hydra import compose as hydra_compose
    from hydra import initialize
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    store = ConfigStore.instance()
    before = store.repo
    main = sources.main.values
    try:
        store.repo = _Shelf(before)
        store.repo["schema.yaml"] = _schema_entry()
        store.store(name="config", node=main)
        for (group, option), found in sources.files.items():
            everywhere = group == "scenarios" or found.package == "_global_"
            if group != MEASURES:
                store.store(group=group, name=option, node=found.values, package="_global_" if everywhere else None)
        GlobalHydra.instance().clear()
        overrides = [f"scenarios={sources.scenario}", *(given.text for given in sources.given)]
        with initialize(config_path=None, version_base="1.3"):
            composed = hydra_compose("config", overrides)
            measures = [name for name in composed.policies if (MEASURES, name) in sources.files]
            if measures:
                for name in measures:
                    store.store(group=MEASURES, name=name, node=sources.files[MEASURES, name].values, package="_global_")
                store.store(name="config", node=_with_measures(main, measures))
                composed = hydra_compose("config", overrides)
        config = OmegaConf.to_object(composed)
    except (HydraException, OmegaConfBaseException) as trouble:
        place = str(getattr(trouble, "full_key", "") or SOURCE)
        problem = Problem(place, "", str(trouble).splitlines()[0], "see `galleria explain KEY`")
        raise ConfigError.of(SOURCE, [*sources.problems, problem]) from trouble
    finally:
        store.repo = before
    assert isinstance(config, RunConfig)
    return config


class _Shelf(dict[str, Any]):
    """Hydra's store without the copies of all of it that composing makes; each entry that is read is copied."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _Shelf:
        return self


@lru_cache(maxsize=1)
def _schema_entry() -> ConfigNode:
    """Return the schema as Hydra's store keeps it, made once: it takes longer than composing. Whoever reads it gets a copy."""
    from hydra.core.config_store import ConfigNode
    from omegaconf import OmegaConf

    return ConfigNode(name="schema.yaml", node=OmegaConf.structured(RunConfig), group=None, package=None, provider=None)


def _with_measures(main: dict[str, Any], measures: list[str]) -> dict[str, Any]:
    """Return the main configuration with the settings of active measures under the scenario's own keys."""
    entries = list(main["defaults"])
    before = next(index for index, entry in enumerate(entries) if isinstance(entry, dict) and "scenarios" in entry)
    return {**main, "defaults": [*entries[:before], {MEASURES: measures}, *entries[before:]]}


def _find_files(config: RunConfig, sources: _Sources) -> None:
    """Make the names of FILES whole: relative to the scenario that gives them, or to the working folder on the command line."""
    for keys in FILES:
        section, last = getattr(getattr(config, keys[0]), keys[1]), keys[2]
        name = str(getattr(section, last))
        if not name:
            continue
        folder = Path.cwd()
        if keys not in [given.keys for given in sources.given]:
            named = [found.path for (group, _), found in sources.files.items() if group == "scenarios" and keys in found.lines]
            folder = named[-1].parent if named else folder
        setattr(section, last, str((folder / Path(name).expanduser()).absolute()))


def _plan_problems(config: RunConfig) -> Iterator[Problem]:
    try:
        paths.find_floorplan(config.floorplan)
    except ConfigError as unknown:
        yield from unknown.problems


def _placed(problem: Problem, sources: _Sources) -> Problem:
    """Say where a value that turned out wrong was given: on the command line, or at which line of which file."""
    keys = keys_of(problem.place)
    for given in reversed(sources.given):
        if given.keys == keys[: len(given.keys)]:
            return replace(problem, place=f"command line: {given.text}", rule=f"{problem.place}: {problem.rule}")
    for (group, _), found in reversed(sources.files.items()):
        inner = (
            keys
            if group in ("scenarios", MEASURES) or found.package == "_global_"
            else keys[1:]
            if keys[:1] == (group,)
            else ()
        )
        if inner and inner in found.lines:
            return replace(problem, place=found.place(inner))
    return problem


def _write_hours_alike(config: RunConfig) -> None:
    """Write 600 and "10:00" alike, so that the same day has the same digest however its hours were typed."""
    for key, hours in hours_of(config):
        minutes = minutes_from_hours(hours)
        section: Any = config
        for part in keys_of(key)[:-1]:
            section = section[part] if isinstance(part, int) else getattr(section, part)
        setattr(section, str(keys_of(key)[-1]), f"{minutes // 60:02d}:{minutes % 60:02d}")
