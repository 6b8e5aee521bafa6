"""Who joins at the portal is a member from the next day on, in what residents remember as in the mall's systems."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim import api, paths
from sim.config_files import compose
from sim.days import DaysInARow
from sim.floorplan.cache import load_compiled

QUIET = (
    "population.visits_per_day=60", "days=2", "recording=none", "sensing.positioning.method=off", "catchment.residents=300",
    "sensing.identity.portal_share=1", "sensing.identity.join_share=1",
)  # fmt: skip


def lived(folder, *overrides):
    """Return who was a member after each of two days on which everybody would join who can, who lived them, and their tables."""
    config = compose("corner_day", [*QUIET, *overrides])
    compiled = load_compiled(paths.find_floorplan(config.floorplan))
    deciders, members = api.Deciders(config, compiled), []
    try:
        town = api.Town(config, compiled, deciders)
        enrol = town.enrol

        def noted(numbers):
            enrol(numbers)
            members.append(town.memory.is_member.copy())

        town.enrol = noted
        DaysInARow(config, compiled, town, folder).run()
    finally:
        deciders.close()
    return members, town, *(pq.read_table(folder / name).to_pydict() for name in ("days.parquet", "visits.parquet"))


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """Two days in a mall with a portal."""
    return lived(tmp_path_factory.mktemp("followed"))


def test_residents_who_join_at_the_portal_are_members_of_their_own_memory(followed):
    _, town, days, _ = followed

    joined = town.memory.is_member.sum() - town.people.is_member.sum()
    assert joined == sum(days["members_joined"]) > 0
    assert all(
        one <= other for one, other in zip(days["members_joined"], days["members_new"], strict=True)
    )  # strangers join too
    assert days["members"] == [int(town.people.is_member.sum()) + days["members_joined"][0], int(town.memory.is_member.sum())]


def test_who_has_joined_comes_back_as_a_member(followed):
    members, town, days, visits = followed
    new = np.flatnonzero(members[0] > town.people.is_member)

    resident, is_member = np.array(visits["resident"]), np.array(visits["is_member"])
    is_second = np.array(visits["date"]) == days["date"][1]
    first = np.isin(resident, new) & ~is_second
    again = np.isin(resident, new) & is_second
    assert not is_member[first].any()
    assert again.any()
    assert is_member[again].all()


def test_where_there_is_no_portal_nobody_joins(tmp_path):
    _, town, days, _ = lived(tmp_path, "sensing.identity.portal=false")

    assert (town.memory.is_member == town.people.is_member).all()
    assert days["members_joined"] == days["members_new"] == [0, 0]
