"""What the planner's page says, read in its sources: two languages that say the same, and no text that is taken for markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.plain

ASSETS = Path(__file__).resolve().parents[2] / "sim" / "studio" / "assets"


def test_both_languages_say_the_same_things():
    said = {
        name: dict(re.findall(r'\b(\w+): "((?:[^"\\]|\\.)*)"', (ASSETS / f"words_{name}.js").read_text("utf-8")))
        for name in ("en", "zh")
    }
    plural = {key for key in said["en"] if key.endswith("_one") and key.removesuffix("_one") in said["en"]}
    assert set(said["en"]) - plural == set(said["zh"]) - plural
    for key in set(said["en"]) - plural:
        holes = [set(re.findall(r"\{(\w+)\}", said[name][key])) for name in ("en", "zh")]
        assert holes[0] == holes[1], key


def test_the_pages_scripts_never_read_text_as_markup():
    for path in sorted(ASSETS.glob("*.js")):
        text = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), path.name
