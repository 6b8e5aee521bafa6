"""Policies of one's own: found in the files that the command line names, refused with what is wrong, active by their name."""

from __future__ import annotations

import os

import pytest

from agents.policies.plugins import VARIABLE, own_policies, plugin_digests
from sim import api, cli, config_files
from sim.errors import ConfigError

pytestmark = pytest.mark.plain
MINE = '''
from agents.policies.policy import Keeps
class Mine(Keeps):
    """Does nothing, of my own."""
    name = "mine"
    def review(self, observations, profiles, tools):
        return []
'''


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")

    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        os.environ[VARIABLE] = os.pathsep.join(filter(None, [os.environ[VARIABLE], str(path)]))
        return path

    return write


def test_a_plug_ins_policy_is_known_by_its_name_and_listed_with_its_first_line(plugin):
    plugin(MINE)

    assert list(own_policies()) == ["mine"]
    assert {"name": "mine", "meaning": "Does nothing, of my own."}.items() <= api.policy_records()[-1].items()


def test_a_plug_in_may_not_take_a_name_of_the_catalogue(plugin):
    plugin(MINE.replace('"mine"', '"idle"'))

    with pytest.raises(ConfigError, match="every policy has a name of its own"):
        own_policies()


def test_what_is_wrong_in_several_plug_ins_is_told_at_once_with_its_lines(plugin):
    plugin("x = 1\ny = x / 0\n", "divides.py")
    plugin("def broken(:\n", "broken.py")
    plugin("x = 1\n", "empty.py")

    with pytest.raises(ConfigError) as wrong:
        own_policies()

    text = str(wrong.value)
    assert "divides.py:2" in text
    assert "broken.py:1" in text
    assert "no policy in it" in text


def test_a_missing_plug_in_is_one_message_and_exit_code_2(capsys, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")

    assert cli.main(["list", "policies", "--plugin", "nowhere.py"]) == 2
    assert "nowhere.py: no such file" in capsys.readouterr().err


def test_an_unknown_policy_is_refused_before_a_run_with_the_nearest_name(capsys):
    assert cli.main(["run", "corner_day", "policies=[randum]", "--dry-run"]) == 2
    assert "did you mean 'random'?" in capsys.readouterr().err


def test_the_manifest_can_tell_which_file_it_was(plugin):
    path = plugin(MINE)

    before = plugin_digests()
    path.write_text(MINE + "\n", encoding="utf-8")

    assert list(before) == ["plugin:mine.py"]
    assert plugin_digests() != before


def test_a_measure_lies_under_what_the_scenario_and_the_command_line_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf" / "measures").mkdir(parents=True)
    (tmp_path / "conf" / "measures" / "guided.yaml").write_text(
        "population: {car_share: 0.5, vip_share: 0.4}\n", encoding="utf-8"
    )
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.yaml").write_text(
        "# @package _global_\npolicies: [guided]\npopulation: {vip_share: 0.1}\n", encoding="utf-8"
    )

    found = config_files.compose("mine", ["population.step_free_share=0.2"])
    without = config_files.compose("mine", ["policies=[]"])

    assert (found.population.car_share, found.population.vip_share) == (0.5, 0.1)
    assert config_files.compose("mine", ["population.car_share=0.6"]).population.car_share == 0.6
    assert without.population.car_share == config_files.compose("everyday").population.car_share
