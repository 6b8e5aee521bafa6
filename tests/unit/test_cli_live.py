"""`galleria live`: what is refused before anything starts."""

from __future__ import annotations

import importlib.util
import socket

import pytest

from sim import cli
from sim.live import server

pytestmark = pytest.mark.plain


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["corner_day", "days=2"], "one day of one mall"),
        (["corner_day", "--every", "0"], "must be 1 to 86400 seconds"),
        (["corner_day", "--port", "70000"], "must be 0 to 65535"),
        (["corner_dya"], "corner_day"),
    ],
)
def test_what_cannot_be_watched_is_one_message(words, said, capsys):
    assert cli.main(["live", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_port_that_somebody_has_is_one_message(capsys):
    with socket.socket() as taken:
        taken.bind((server.HOST, 0))
        taken.listen()

        assert cli.main(["live", "corner_day", "--port", str(taken.getsockname()[1])]) == 2
    assert "the port cannot be had" in capsys.readouterr().err


def test_without_the_extra_there_is_one_message_with_the_command(monkeypatch, capsys):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "solara" else found(name, *more))

    assert cli.main(["live", "corner_day"]) == 2
    assert "pip install 'galleria[live]'" in capsys.readouterr().err


def test_the_page_is_served_on_this_machine_alone_and_asks_nobody(monkeypatch):
    monkeypatch.setattr(server.os, "environ", {})
    server.stay_on_this_machine()

    assert server.HOST == "127.0.0.1"
    assert server.os.environ["SOLARA_ASSETS_CDN"].startswith("http://127.0.0.1")
    assert server.os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] == "false"
