"""The file of residents: read back exactly, scaled to another day's visits, and refused with all that is wrong with it."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim import api
from sim.config import RunConfig
from sim.errors import ConfigError

pytestmark = pytest.mark.plain


def small_config(**catchment: object) -> RunConfig:
    config = RunConfig(seed=4)
    config.population.visits_per_day = 200.0
    for name, value in catchment.items():
        setattr(config.catchment, name, value)
    return config


@pytest.fixture
def kept(tmp_path):
    config = small_config()
    api.keep_residents(config, api.residents_for(config), tmp_path / "residents.parquet")
    return tmp_path / "residents.parquet"


def test_residents_come_back_bit_for_bit(kept):
    drawn, read = api.residents_for(small_config()), api.residents_for(small_config(residents_from=str(kept)))

    for name in drawn._fields:
        first, second = getattr(drawn, name), getattr(read, name)
        assert (first.dtype, first.shape, first.tobytes()) == (second.dtype, second.shape, second.tobytes()), name


def test_keeping_them_again_writes_the_same_file(kept, tmp_path):
    config = small_config(residents_from=str(kept))
    api.keep_residents(config, api.residents_for(config), tmp_path / "again.parquet")

    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (kept, tmp_path / "again.parquet")]
    assert digests[0] == digests[1]


def test_another_seed_lives_in_the_same_catchment(kept):
    config = small_config(residents_from=str(kept))
    config.seed = 99

    assert np.array_equal(api.residents_for(config).age_years, api.residents_for(small_config()).age_years)


def test_rates_follow_the_visits_of_the_run_that_reads_them(kept):
    config = small_config(residents_from=str(kept))
    config.population.visits_per_day = 400.0

    twice = api.residents_for(config).visits_per_day
    assert np.allclose(twice, 2 * api.residents_for(small_config()).visits_per_day, rtol=1e-6)


def mistakes_of(path) -> str:
    with pytest.raises(ConfigError) as caught:
        api.residents_for(small_config(residents_from=str(path)))
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "words.parquet").write_text("no table")

    assert "must be a file of residents" in mistakes_of(tmp_path / "words.parquet")
    assert "must be a file of residents" in mistakes_of(tmp_path / "nowhere.parquet")


def test_a_table_of_something_else_is_refused(tmp_path):
    pq.write_table(pa.table({"key": [1, 2]}), tmp_path / "other.parquet")

    message = mistakes_of(tmp_path / "other.parquet")
    assert "must say that this is a table of residents" in message
    assert "household: a column of type int64 is wanted" in message


def test_all_wrong_values_are_told_at_once(kept):
    table = pq.read_table(kept)
    columns = {name: table[name].to_numpy().copy() for name in table.column_names}
    columns["mode"][3] = 9
    columns["distance_km"][5] = np.nan
    columns["household"][0] = 10**6
    columns["key"][1] = columns["key"][0]
    pq.write_table(pa.table(columns).replace_schema_metadata(table.schema.metadata), kept)

    message = mistakes_of(kept)
    for part in ("mode, row 3", "distance_km, row 5", "household, row 1", "key: no two residents"):
        assert part in message


def test_a_column_of_another_type_or_with_gaps_is_refused(kept):
    table = pq.read_table(kept)
    table = table.set_column(table.column_names.index("mode"), "mode", table["mode"].cast(pa.int64()))
    holes = pa.array([None] * table.num_rows, pa.float32())
    table = table.set_column(table.column_names.index("taste_1"), "taste_1", holes)
    pq.write_table(table, kept)

    message = mistakes_of(kept)
    assert "mode: must be of type int8" in message
    assert "taste_1: every resident must have one" in message
