"""How the mall works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.calls import compare, load, run, use_plugins

__all__ = ["compare", "load", "run", "use_plugins"]


def __getattr__(name: str) -> Any:
    """Return what a researcher calls; the libraries behind it are loaded only when somebody asks."""
    if name in __all__:
        from sim import calls

        return getattr(calls, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
