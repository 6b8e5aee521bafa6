"""The crowd as a Mesa user expects agents to be: `len`, `select`, `get`, `agg`, `shuffle`; over the crowd's arrays, to read only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Any

import numpy as np

from agents.shopper_columns import COLUMNS, Seen, present_rows
from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.positions import places_of
from sim.crowd.tallies import Counted
from sim.errors import EngineError
from sim.ledger.accounts import FIRST_TENANT
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms

Look = Callable[[Crowd, int], None]


class Shopper:
    """One party of a view. Its columns are attributes: `shopper.waited_s`."""

    def __init__(self, view: ShopperView, at: int) -> None:
        self._view, self._at = view, at

    @property
    def unique_id(self) -> int:
        """The party's number; a party on its next visit has another."""
        return int(self._view.get("number")[self._at])

    @property
    def model(self) -> ShopperView:
        """What stands in a Mesa agent for its model."""
        return self._view

    def __getattr__(self, name: str) -> Any:
        """Return the party's value of a column."""
        if name.startswith("_") or name not in COLUMNS:
            raise AttributeError(_no_column(name))
        value = self._view.get(name)[self._at]
        return value.item() if isinstance(value, np.generic) else value

    def __repr__(self) -> str:
        return f"Shopper({self.unique_id})"


class ShopperView:
    """The parties in the mall at an instant, one row each, in the order of their rows; columns are listed in `COLUMNS`.

    It is good while whoever got it looks; values that were taken out of it stay. It also is what a `mesa.DataCollector` calls the model:
    `DataCollector(...).collect(view)` works, since `view.agents` is the view itself and `view.steps` counts the looks.
    """

    def __init__(self, seen: Seen, rows: np.ndarray, steps: int, kept: dict[str, np.ndarray] | None = None) -> None:
        self._seen: Seen | None = seen
        self._rows = rows
        self.steps = steps
        self.time_s = seen.now_us / 1e6
        self._kept: dict[str, np.ndarray] = {} if kept is None else kept

    @property
    def agents(self) -> ShopperView:
        """The view: what Mesa's collector asks a model for."""
        return self

    @property
    def agent_types(self) -> list[type]:
        """The kinds of agents in it: shoppers."""
        return [Shopper]

    @property
    def agents_by_type(self) -> dict[type, ShopperView]:
        """All of them, under their kind."""
        return {Shopper: self}

    def so_far(self) -> dict[str, float]:
        """Return what the day has come to by now: visits and people that have come in, and tenants' takings in yuan."""
        if self._seen is None:
            raise EngineError("this view's look is over; ask what the day has come to while you look")
        crowd = self._seen.crowd
        takings_fen = int(crowd.takings_fen()[FIRST_TENANT:].sum())
        return {
            "visits": crowd.count(Counted.VISITS), "people": crowd.count(Counted.PEOPLE), "takings_yuan": takings_fen / 100,
        }  # fmt: skip

    @property
    def cars(self) -> dict[str, int]:
        """Cars between the gates of each car park, by its id; whoever came in them may be anywhere."""
        if self._seen is None:
            raise EngineError("this view's look is over")
        return dict(zip(self._seen.compiled.parking_ids, self._seen.mall.car_parks["cars"].tolist(), strict=False))

    def close(self) -> None:
        """The look is over: the crowd moves on, and this view with it no more."""
        self._seen = None

    def __len__(self) -> int:
        return int(self._rows.size)

    def __iter__(self) -> Iterator[Shopper]:
        return (Shopper(self, at) for at in range(len(self)))

    def __getitem__(self, item: int | slice | str) -> Any:
        """Return a shopper by its place, a view of several, or a column by its name."""
        if isinstance(item, str):
            return self.get(item)
        if isinstance(item, slice):
            return self._of(np.arange(len(self))[item])
        return Shopper(self, range(len(self))[item])

    def __getattr__(self, name: str) -> np.ndarray:
        """Return a column: `view.waited_s` is `view.get("waited_s")`, so that a condition on one shopper is one on all of them."""
        if name.startswith("_") or name not in COLUMNS:
            raise AttributeError(_no_column(name))
        return self.get(name)

    def get(self, names: str | list[str]) -> Any:
        """Return a column as an array that cannot be written; of several names, a structured array with a row for each shopper."""
        if not isinstance(names, str):
            columns = [self.get(name) for name in names]
            found = np.zeros(len(self), [(name, column.dtype) for name, column in zip(names, columns, strict=True)])
            for name, column in zip(names, columns, strict=True):
                found[name] = column
            return found
        if names not in COLUMNS:
            raise AttributeError(_no_column(names))
        if names not in self._kept:
            if self._seen is None:
                raise EngineError(
                    "this view's look is over; take what you want to keep out of it while you look (view.get(...))"
                )
            column = np.array(COLUMNS[names].of(self._seen, self._rows))
            column.flags.writeable = False
            self._kept[names] = column
        return self._kept[names]

    def agg(self, name: str, func: Callable[[np.ndarray], Any] | Iterable[Callable[[np.ndarray], Any]]) -> Any:
        """Return a function of a whole column, such as `np.mean`; of several functions, their values in a list."""
        column = self.get(name)
        return func(column) if callable(func) else [each(column) for each in func]

    def select(
        self, filter_func: Callable[[ShopperView], np.ndarray] | None = None, at_most: int | float = inf, **values: Any
    ) -> ShopperView:
        """Return those for whom a condition holds, and whose columns have these values: `view.select(lambda s: s.waited_s > 300)`.

        The condition is asked once, with the view, and answers for everybody: an array of booleans. `at_most` is a number of shoppers, or
        as a float below 1 a share of them; the first of the view are taken.
        """
        holds = np.ones(len(self), bool)
        if filter_func is not None:
            answer = np.asarray(filter_func(self))
            if answer.dtype != np.bool_ or answer.shape != holds.shape:
                raise TypeError(
                    f"a condition answers with {len(self)} booleans, one for each shopper; this one gave {answer.dtype} of shape {answer.shape}; "
                    "combine conditions with & and |"
                )
            holds &= answer
        for name, value in values.items():
            holds &= self.get(name) == value
        chosen = np.flatnonzero(holds)
        if at_most != inf:
            chosen = chosen[: int(len(self) * at_most) if isinstance(at_most, float) and at_most < 1 else int(at_most)]
        return self._of(chosen)

    def sort(self, name: str, ascending: bool = False) -> ShopperView:
        """Return them in order of a column; equals stay in their order."""
        column = self.get(name)
        order = np.argsort(column, kind="stable") if ascending else np.argsort(-_sortable(column), kind="stable")
        return self._of(order)

    def shuffle(self) -> ShopperView:
        """Return them in an order drawn by their numbers and the look: the same in every run of the same seed."""
        assert self._seen is not None
        draws = uniforms(stream_key(self._seen.seed, "shuffle of a view"), self.get("number"), self.steps)
        return self._of(np.argsort(draws, kind="stable"))

    def groupby(self, name: str) -> dict[Any, ShopperView]:
        """Return a view for each value of a column, in order of the values."""
        values, which = np.unique(self.get(name), return_inverse=True)
        return {value.item(): self._of(np.flatnonzero(which == index)) for index, value in enumerate(values)}

    def map(self, func: Callable[[Shopper], Any] | str) -> list[Any]:
        """Return what a function makes of each shopper, or a column as a list."""
        return self.get(func).tolist() if isinstance(func, str) else [func(shopper) for shopper in self]

    def do(self, func: Callable[[Shopper], Any]) -> ShopperView:
        """Call a function with each shopper."""
        for shopper in self:
            func(shopper)
        return self

    def set(self, *_: Any) -> None:
        """Refuse: a view is to look at."""
        raise EngineError("shoppers cannot be changed through a view; what the mall does to them are decisions and operations")

    def _of(self, places: np.ndarray) -> ShopperView:
        if self._seen is None:
            raise EngineError("this view's look is over")
        kept = {name: column[places] for name, column in self._kept.items()}
        for column in kept.values():
            column.flags.writeable = False
        return ShopperView(self._seen, self._rows[places], self.steps, kept)


def _sortable(column: np.ndarray) -> np.ndarray:
    """Return numbers in the order of a column's values."""
    return column if column.dtype.kind in "if" else np.unique(column, return_inverse=True)[1]


def _no_column(name: str) -> str:
    return f"shoppers have no column {name!r}; there are {', '.join(COLUMNS)}"


def looks_of(watch: Any, config: RunConfig, compiled: CompiledPlan) -> Look:
    """Return a function that shows a crowd to whoever watches: a function of a view, or a Mesa model."""
    places, steps = places_of(compiled.arrays), 0

    def look(crowd: Crowd, now_us: int) -> None:
        nonlocal steps
        steps += 1
        view = ShopperView(Seen(crowd, compiled, places, config.seed, now_us), present_rows(crowd.mall), steps)
        try:
            if hasattr(watch, "step"):
                watch.shoppers = view
                watch.step()
            else:
                watch(view)
        finally:
            view.close()

    return look
