"""What a person did wrong, said so that they can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what stands there, the rule it breaks, and the way out."""

    place: str  # key, feature id with level and coordinates, or line
    value: str  # what was found
    rule: str  # what must hold
    way_out: str  # what to do about it

    def __str__(self) -> str:
        found = f" (found {self.value})" if self.value else ""
        return f"{self.place}: {self.rule}{found}; {self.way_out}"


class GalleriaError(Exception):
    """The user's mistake. The command line prints it without a traceback and exits with `exit_code`."""

    exit_code = 2

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    @classmethod
    def of(cls, source: Path | str, problems: Iterable[Problem]) -> GalleriaError:
        """Say all problems of one source (a file, a folder, the command line) together."""
        found = tuple(problems)
        noun = "problem" if len(found) == 1 else "problems"
        lines = [f"{source}: {len(found)} {noun}", *(f"  {problem}" for problem in found)]
        return cls("\n".join(lines), found)


class ConfigError(GalleriaError):
    """A key or value of a scenario, a configuration file or the command line."""


class FloorPlanError(GalleriaError):
    """A feature of a floor plan."""


class LedgerError(GalleriaError):
    """A transfer that the books refuse."""


class EngineError(GalleriaError):
    """A run that cannot go on, for a reason that its configuration caused."""

    exit_code = 1
