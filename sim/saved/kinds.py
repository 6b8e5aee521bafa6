"""What in a run is saved, what is made again from configuration and plan, and what cannot be saved at all."""

from __future__ import annotations

import dataclasses
import sys
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

OWN = ("sim", "agents")  # packages whose classes a snapshot may name; nothing else is ever made from one
# Their objects are made again with the run, never saved: they hold files, generators or what is of this process alone.
MADE_AGAIN = ("simpy", "mesa", "random", "numpy.random", "weakref", "pyarrow", "pathlib")
CONFIGURED = ("sim.config", "sim.config_sensing", "sim.schema")  # sections of the configuration, which is saved by itself
# Fields that are made again, or saved by their owner in a form of their own (sim/saved/day.py, sim/saved/days.py).
LEFT_OUT = {
    "sim.operations.clock:Clock": ("_env", "operations"),
    "agents.policy_desk:Desk": ("policies", "forecaster"),
    "sim.reporting.recorder:Recorder": ("_events", "_files", "_fed"),
    "sim.reporting.days_books:DaysBooks": ("digest", "_transfers", "_visits", "_since", "folder"),
    "sim.world:World": ("recording_s", "watch", "saves", "folder", "is_resumed"),
    "sim.api:Town": ("_visits", "witness"),
}
OF_MESA = (
    "rng",
    "random",
    "running",
    "steps",
    "time",
    "step",
    "model",
    "unique_id",
    "pos",
    "agents",
    "agent_id_counter",
    "scenario",
)


def name_of(kind: type) -> str:
    """Return the name under which a class is saved."""
    return f"{kind.__module__}:{kind.__qualname__}"


def class_named(name: str) -> type | None:
    """Return a class of Galleria's own that is loaded already; None for any other name, which nothing is made from."""
    module, _, qualname = name.partition(":")
    if module.partition(".")[0] not in OWN:
        return None
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) else None


def is_configuration(kind: type) -> bool:
    """Say whether objects of a class are sections of the configuration."""
    return any(kind.__module__ == module or kind.__module__.startswith(f"{module}.") for module in CONFIGURED)


def is_made_again(value: Any) -> bool:
    """Say whether a value is not saved, because the run that goes on has made its own."""
    if isinstance(value, type | ModuleType | BuiltinFunctionType):
        return True
    if isinstance(value, FunctionType):
        return not value.__closure__
    module = type(value).__module__
    return is_configuration(type(value)) or any(module == each or module.startswith(f"{each}.") for each in MADE_AGAIN)


def fields_of(value: Any) -> dict[str, Any]:
    """Return the fields of an object that are saved, by name, in the order in which they were set."""
    kind = type(value)
    left_out = {name for each in kind.__mro__ for name in LEFT_OUT.get(name_of(each), ())}
    found = dict(getattr(value, "__dict__", {}))
    for each in kind.__mro__:
        slots = each.__dict__.get("__slots__", ())
        names = (slots,) if isinstance(slots, str) else slots
        found |= {
            name: getattr(value, name) for name in names if name not in ("__dict__", "__weakref__") and hasattr(value, name)
        }
    if any(each.__module__.partition(".")[0] == "mesa" for each in kind.__mro__):
        left_out |= {name for name in found if name in OF_MESA or name.startswith("_")}
    return {name: found[name] for name in found if name not in left_out}


def is_frozen(kind: type) -> bool:
    """Say whether objects of a class never change, so that another value is another object."""
    return dataclasses.is_dataclass(kind) and bool(getattr(kind, "__dataclass_params__").frozen)  # noqa: B009
