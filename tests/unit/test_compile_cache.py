"""The cache of compiled plans: found by bytes, checked by hash, mended when damaged."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import box

from sim.floorplan import cache
from sim.floorplan.compile import compile_plan
from sim.floorplan.plan import Entrance, FloorPlan, Level, Tenant, Unit
from sim.plan_arrays import CompiledPlan


@pytest.fixture(scope="module")
def plan() -> CompiledPlan:
    return compile_plan(
        FloorPlan(
            "one",
            [Level("G", "Ground", 0, 0.0, box(0, 0, 30, 20))],
            [Unit("a", "G", "a", box(10, 5, 20, 15)), Unit("v", "G", "", box(0, 0, 4, 4), "vacant")],
            [Tenant("名创优品", "books", "a", opens="10:00")],
            entrances=[Entrance("e", "G", 30, 10)],
        )
    )


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def test_a_kept_plan_comes_back_bit_for_bit(plan: CompiledPlan, tmp_path: Path) -> None:
    cache.store(tmp_path, "key", plan)
    back = cache.fetch(tmp_path, "key")

    assert back is not None
    for field in fields(CompiledPlan):
        assert same(getattr(plan, field.name), getattr(back, field.name)), field.name


@pytest.mark.parametrize("suffix", ["npz", "json"])
def test_a_damaged_file_is_as_good_as_none(plan: CompiledPlan, tmp_path: Path, suffix: str) -> None:
    cache.store(tmp_path, "key", plan)
    path = tmp_path / f"key.{suffix}"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x01
    path.write_bytes(bytes(content))
    assert cache.fetch(tmp_path, "key") is None

    path.write_bytes(b"")
    assert cache.fetch(tmp_path, "key") is None


def test_nothing_but_the_two_files_is_left_behind(plan: CompiledPlan, tmp_path: Path) -> None:
    cache.store(tmp_path, "key", plan)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["key.json", "key.npz"]


def test_another_byte_in_the_drawing_is_another_key(tmp_path: Path) -> None:
    (tmp_path / "levels.geojson").write_text("{}")
    before = cache.raw_digest(tmp_path)
    (tmp_path / "levels.geojson").write_text("{ }")

    assert cache.raw_digest(tmp_path) != before


def test_only_the_newest_plans_are_kept(plan: CompiledPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT_PLANS", 2)
    for number, key in enumerate(("first", "second", "third")):
        cache.store(tmp_path, key, plan)
        os.utime(tmp_path / f"{key}.json", ns=(number, number))
    cache.store(tmp_path, "fourth", plan)

    assert sorted(path.stem for path in tmp_path.glob("*.npz")) == ["fourth", "third"]


def test_a_second_load_reads_no_geometry(plan: CompiledPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    drawing = tmp_path / "drawing"
    drawing.mkdir()
    (drawing / "units.geojson").write_text("not even a drawing")
    cache.store(cache.cache_folder(), cache.raw_digest(drawing), plan)

    assert cache.load_compiled(drawing).digest == plan.digest
