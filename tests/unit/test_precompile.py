"""Two processes share the compilation: each kernel is compiled once, and after all that it calls."""

from __future__ import annotations

import sys
import threading
import types
from pathlib import Path

import pytest

from sim import kernel, precompile

pytestmark = pytest.mark.plain


class Kernel:
    """Something compiled that notes when it is compiled."""

    _can_compile = True

    def __init__(self, name: str, calls: tuple[str, ...], order: list[str]) -> None:
        self.name, self.order = name, order
        self.py_func = types.FunctionType(compile(" + ".join(calls) or "0", name, "eval"), {})

    def compile(self, _declared: object) -> None:
        self.order.append(self.name)

    def disable_compile(self) -> None:
        pass


@pytest.fixture
def kernels(monkeypatch):
    """Five kernels; `top` calls `middle` through a function that is declared nowhere."""
    order: list[str] = []
    calls = {"top": ("between",), "side": ("leaf",), "middle": ("leaf", "other"), "leaf": (), "other": ()}
    made = {name: Kernel(name, called, order) for name, called in calls.items()}
    made["between"] = Kernel("between", ("middle",), order)
    for each in made.values():
        each.py_func.__globals__.update(made)
    monkeypatch.setattr(kernel, "DECLARED", [(made[name], ()) for name in calls])
    monkeypatch.setitem(sys.modules, "sim.crowd.engine", types.ModuleType("sim.crowd.engine"))
    return made, order


def test_what_a_kernel_calls_is_found_through_functions_that_are_declared_nowhere(kernels):
    made, _ = kernels
    names = [compiled.name for compiled, _ in kernel.DECLARED]

    found = precompile._callees([compiled for compiled, _ in kernel.DECLARED])

    assert {name: {names[each] for each in called} for name, called in zip(names, found, strict=True)} == {
        "top": {"middle"}, "side": {"leaf"}, "middle": {"leaf", "other"}, "leaf": set(), "other": set(),
    }  # fmt: skip
    assert made["between"].name not in names


def test_two_at_work_compile_every_kernel_once_and_callees_before_callers(kernels, tmp_path):
    _, order = kernels
    workers = [threading.Thread(target=precompile._compile, args=(tmp_path,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sorted(order) == ["leaf", "middle", "other", "side", "top"]
    assert order.index("leaf") < order.index("middle") < order.index("top")
    assert order.index("leaf") < order.index("side")
    assert order.index("other") < order.index("middle")


def test_nobody_waits_for_a_claim_whose_folder_is_gone(kernels, tmp_path):
    _, order = kernels

    precompile._compile(Path(tmp_path / "gone"))

    assert order == []


def test_a_cache_is_full_only_when_it_was_filled_to_the_end(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel, "JIT_DISABLED", False)
    monkeypatch.setattr(kernel, "CACHE_FOLDERS", {False: tmp_path / "kernels"})
    ends = []

    class Child:
        """A process that is over, well or not."""

        def __init__(self, _command: list[str]) -> None:
            self.returncode = ends[-1]

        def poll(self) -> int:
            return self.returncode

        def terminate(self) -> None:
            pass

        wait = poll

    monkeypatch.setattr(precompile.subprocess, "Popen", Child)
    for code in (1, 0):
        ends.append(code)
        precompile.precompile()
        assert precompile.is_done() is (code == 0)
