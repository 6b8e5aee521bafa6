"""The kit of positioning: kept, checked, the same building on every day; and the error law against the radio it stands for."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path

import numpy as np
import pytest

from sim.config import RunConfig
from sim.errors import ConfigError
from sim.plan_arrays import HALL, OUTSIDE
from sim.sensing.positioning import kept_arrays
from sim.sensing.positioning.kit import Kit, has_radio
from sim.sensing.positioning.methods import FullRadio, Scanned
from sim.sensing.positioning.phones import OFFSET_CLASSES
from sim.sensing.positioning.surrogate import mean_age_s
from tests.engine_days import corner_mall
from tests.phone_samples import scans_on_the_floor

SCANS = 40_000
KINDS = ("maps", "survey", "law")
pytestmark = pytest.mark.compiled


def config_of(method: str = "surrogate", samples: int = 256) -> RunConfig:
    config = RunConfig()
    config.sensing.positioning.method = method
    config.sensing.positioning.law_samples = samples
    return config


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("kits")


@pytest.fixture(scope="module")
def kit(folder) -> Kit:
    found = Kit(corner_mall(), config_of(), folder=folder)
    assert found.law.error.size > 0
    return found


def scans(walks: bool) -> Scanned:
    """Return scans of phones that stand; or of those in the hall that came walking through it."""
    found = scans_on_the_floor(corner_mall(), SCANS, way_m=10.0 * walks)
    if not walks:
        return found
    in_hall = (room_at(found.level, found.x_m, found.y_m) == HALL) & (
        room_at(found.level, found.before_x_m, found.before_y_m) == HALL
    )
    return Scanned(*(column[in_hall] for column in found))


def room_at(level: np.ndarray, x_m: np.ndarray, y_m: np.ndarray) -> np.ndarray:
    rooms = corner_mall().rooms
    _, rows, columns = rooms.room.shape
    row, column = (np.floor((y_m - rooms.origin_y_m) / rooms.cell_m), np.floor((x_m - rooms.origin_x_m) / rooms.cell_m))
    is_inside = (row >= 0) & (column >= 0) & (row < rows) & (column < columns)
    room = rooms.room[level, row.clip(0, rows - 1).astype(int), column.clip(0, columns - 1).astype(int)]
    return np.where(is_inside, room, OUTSIDE)


def errors_m(taken: Scanned, fixes) -> np.ndarray:
    is_made = fixes.level >= 0
    return np.hypot(fixes.x_m - taken.x_m, fixes.y_m - taken.y_m)[is_made]


@pytest.mark.parametrize(("walks", "close", "share"), [(False, 0.05, 0.01), (True, 0.1, 0.03)], ids=["standing", "walking"])
def test_the_error_law_has_the_quantiles_of_the_full_radio(kit, walks, close, share):
    """A quantile of 10,000 scans and more has a standard error of about 1 %, the law's own samples too: 5 % is false once in 2,000.

    A walker's scan mixes what is heard at several places, which the law does not know: with four access points on two levels, the full
    radio does a little worse by them, and takes a few levels in a hundred more for the wrong ones.
    """
    config, taken = config_of(), scans(walks)
    full, law = kit.method(config_of("full")).locate(taken), kit.method(config).locate(taken)
    at = [25, 50, 75, 90, 95]
    ratio = np.percentile(errors_m(taken, law), at) / np.percentile(errors_m(taken, full), at)

    assert ratio == pytest.approx(np.ones(5), abs=close)
    assert (law.level < 0).mean() == pytest.approx((full.level < 0).mean(), abs=share)
    assert (law.level == taken.level).mean() == pytest.approx((full.level == taken.level).mean(), abs=share)


def test_a_phone_far_below_the_others_errs_by_its_own_class(kit):
    """The law's phones of the weakest class have more scans without a fix than those of the strongest, as with the full radio."""
    taken = scans(False)
    for method in ("full", "surrogate"):
        fixes = kit.method(config_of(method)).locate(taken)
        unheard = [(fixes.level[taken.offset_class == chosen] < 0).mean() for chosen in (0, OFFSET_CLASSES - 1)]
        assert unheard[0] > unheard[1]


def test_where_a_switched_off_access_point_is_heard_the_full_radio_locates(folder):
    kit = Kit(corner_mall(), config_of(), folder=folder)
    taken, config = scans(True), config_of()
    method = kit.method(config)
    before = method.locate(taken)
    kit.is_on[1] = 0
    after, full = method.locate(taken), kit.method(config_of("full")).locate(taken)
    changed = np.array(
        [
            not np.array_equal(one, other, equal_nan=True)
            for one, other in zip(np.stack(before[1:3], 1), np.stack(after[1:3], 1), strict=True)
        ]
    )

    assert changed.any()
    for old, new, wanted in zip(before, after, full, strict=True):
        assert np.array_equal(new[changed], wanted[changed], equal_nan=True)
        assert np.array_equal(new[~changed], old[~changed], equal_nan=True)
    kit.is_on[1] = 1
    for old, new in zip(before, method.locate(taken), strict=True):
        assert np.array_equal(old, new, equal_nan=True)


def test_no_phone_that_hears_what_is_off_is_left_to_the_law(folder):
    kit = Kit(corner_mall(), config_of(), folder=folder)
    taken = scans(False)
    heard = FullRadio(kit.radio, kit.estimator, 3).hear(taken)
    hears = np.unique(np.repeat(taken.row, np.diff(heard.start))[heard.access_point == 0])
    kit.is_on[0] = 0
    law, full = kit.method(config_of()).locate(taken), kit.method(config_of("full")).locate(taken)
    by_law = ~((law.x_m == full.x_m) | np.isnan(law.x_m) & np.isnan(full.x_m))

    assert by_law[hears].mean() < 0.001  # a cell in which none of its fitting scans heard it, and this one did


def test_a_law_fitted_during_a_roll_out_is_that_of_what_is_on(folder):
    some = np.array([1, 0, 1, 1], np.int8)
    kit = Kit(corner_mall(), config_of(), is_on=some, folder=folder)
    taken = scans(False)
    law, full = (errors_m(taken, kit.method(config_of(name)).locate(taken)) for name in ("surrogate", "full"))

    assert np.median(law) == pytest.approx(np.median(full), rel=0.05)
    kit.is_on[1] = 1  # it comes back, or is rolled out after all
    changed = kit.method(config_of()).locate(taken)
    assert changed.level.size == SCANS


def test_a_run_with_another_building_seed_does_not_take_the_kept_building(kit, folder):
    config = config_of()
    config.sensing.radio.building_seed = 1
    other = Kit(corner_mall(), config, folder=folder)

    assert other.radio.entry_dbm.tobytes() != kit.radio.entry_dbm.tobytes()
    assert other.fingerprints.scans.rssi_dbm.tobytes() != kit.fingerprints.scans.rssi_dbm.tobytes()


def test_what_is_kept_comes_back_bit_for_bit(kit, folder):
    again = Kit(corner_mall(), config_of(), folder=folder)

    assert {path.name.split("-")[0] for path in folder.iterdir()} == set(KINDS)
    for one, other in zip(kit.law, again.law, strict=True):
        assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
    for name in kit.radio._fields:
        one, other = getattr(kit.radio, name), getattr(again.radio, name)
        assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
    for one, other in zip(
        (*kit.fingerprints[:-1], *kit.fingerprints.scans), (*again.fingerprints[:-1], *again.fingerprints.scans), strict=True
    ):
        assert one.tobytes() == other.tobytes()
        assert one.dtype == other.dtype


def test_neither_the_seed_nor_names_make_another_building(kit, tmp_path):
    config = config_of()
    config.seed = 99
    renamed = dataclasses.replace(corner_mall(), digest="another", name="another", access_point_ids=("d", "c", "b", "a"))
    again = Kit(renamed, config, folder=tmp_path)

    assert again.law.error.tobytes() == kit.law.error.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_as_good_as_none(kind, kit, folder):
    path = next(folder.glob(f"{kind}-*.npz"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x01
    path.write_bytes(bytes(content))
    _, key = path.stem.split("-")

    assert kept_arrays.fetch(folder, kind, key) is None
    again = Kit(corner_mall(), config_of(), folder=folder)
    assert again.law.error.tobytes() == kit.law.error.tobytes()
    for content in (b"", b"short"):
        path.write_bytes(content)
        assert kept_arrays.fetch(folder, kind, key) is None


def test_a_folder_that_cannot_be_written_costs_time_only(kit, tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    again = Kit(corner_mall(), config_of(), folder=in_the_way / "radio")

    assert again.law.error.tobytes() == kit.law.error.tobytes()


def test_the_oldest_of_each_kind_are_dropped(tmp_path):
    for number in range(12):
        kept_arrays.keep(tmp_path, "law", f"{number:02d}", {"a": np.arange(number)})
        kept_arrays.keep(tmp_path, "maps", "one", {"a": np.arange(3)})

    assert len(list(tmp_path.glob("law-*.npz"))) == kept_arrays.KEPT_OF_EACH_KIND
    assert kept_arrays.fetch(tmp_path, "law", "11") is not None
    assert kept_arrays.fetch(tmp_path, "law", "00") is None
    assert kept_arrays.fetch(tmp_path, "maps", "one") is not None
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("method", ["full", "surrogate"])
def test_a_plan_without_access_points_says_the_ways_out(method):
    deaf = dataclasses.replace(corner_mall(), access_points=None)
    config = config_of(method)

    assert has_radio(corner_mall())
    assert not has_radio(deaf)
    with pytest.raises(ConfigError, match=r"no access points.*law or off, or add access_points\.geojson"):
        Kit(deaf, config).method(config)
    assert Kit(deaf, config).method(config_of("law")) is not None
    assert Kit(deaf, config).method(config_of("off")) is None


def test_a_level_that_hears_no_access_point_is_told_once_and_the_others_are_surveyed(tmp_path, caplog):
    config = config_of()
    config.sensing.radio.floor_loss_db = 60.0
    upstairs = corner_mall().access_points.level.astype(np.int8)
    with caplog.at_level(logging.WARNING, logger="galleria"):
        kits = [Kit(corner_mall(), config, is_on=upstairs.copy(), folder=tmp_path) for _ in range(2)]
        surveyed = [set(kit.fingerprints.level.tolist()) for kit in kits]

    assert surveyed == [{1}, {1}]
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "The survey of corner_mall heard no access point on Ground floor"
    ]


def test_a_mall_in_which_nothing_is_heard_anywhere_is_refused_unless_all_is_switched_off(tmp_path):
    config = config_of()
    config.sensing.radio.floor_dbm = -20.0
    off = np.zeros(corner_mall().access_points.key.size, np.int8)

    with pytest.raises(ConfigError, match=r"heard no access point on any level.*sensing\.radio\.floor_dbm"):
        _ = Kit(corner_mall(), config, folder=tmp_path).fingerprints
    assert Kit(corner_mall(), config, is_on=off, folder=tmp_path).fingerprints.level.size == 0


def test_the_mean_age_of_readings_is_that_of_ages_up_to_ten_seconds():
    assert mean_age_s(3.5) == pytest.approx(3.5)
    assert mean_age_s(5.0) == pytest.approx(5.0)
    assert mean_age_s(10.0) == pytest.approx(7.5)  # half of them as at 10 s, the others 5 s old on average
    assert mean_age_s(0.0) == pytest.approx(0.0, abs=1e-6)
