"""Each policy in its own scenario: the KPI that the catalogue names moves when the policy is switched on, under the same draws."""

from __future__ import annotations

import pytest

from agents.policies.catalogue import ENTRIES
from sim import api, config_files
from sim.experiments.replicate import replication_config

pytestmark = [pytest.mark.compiled, pytest.mark.slow]
NAMED = [entry for entry in ENTRIES if entry.shows]
VISITS_MOST = 8000


def kpis_of(entry, policies, folder):
    config = config_files.compose(entry.scenario, [f"policies=[{policies}]"])
    visits = min(config.population.visits_per_day, VISITS_MOST)
    few = [f"population.visits_per_day={visits:g}", "recording.report=false"]
    config = config_files.compose(entry.scenario, [f"policies=[{policies}]", *few])
    return api.run(replication_config(config, 1), folder).kpis


@pytest.mark.parametrize("entry", NAMED, ids=lambda entry: entry.name)
def test_switching_a_policy_on_moves_the_kpi_that_tells_of_it(entry, tmp_path):
    without, with_it = kpis_of(entry, "", tmp_path / "without"), kpis_of(entry, entry.name, tmp_path / "with")

    assert with_it[entry.shows] is not None
    assert with_it[entry.shows] != without.get(entry.shows)
