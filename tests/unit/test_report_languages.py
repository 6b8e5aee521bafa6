"""The report speaks Chinese wherever it speaks English; names, code and numbers stay; no word gets in unescaped."""

from __future__ import annotations

import re

import pytest

from sim.reporting.kpi_catalogue import GROUPS, KPIS
from sim.reporting.topics.every import TOPICS
from sim.reporting.words.page import translated
from sim.reporting.words.quantities import quantity
from sim.reporting.words.translator import Translator, messages

pytestmark = pytest.mark.plain
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def zh() -> Translator:
    return Translator(messages("zh"), names={"Cautions", "Floor 2"})


def test_every_message_has_its_places_in_chinese_once_at_least():
    for text, words in messages("zh").items():
        places = re.findall(r"\{#?\}", text)
        assert {int(place) for place in re.findall(r"\{(\d+)\}", words)} == set(range(len(places))), text


@pytest.mark.parametrize("kind", ["label", "why it is not known"])
def test_every_kpi_has_chinese_words(zh, kind):
    texts = [kpi.label if kind == "label" else kpi.null_where or kpi.unknown for kpi in KPIS]

    assert [text for text in texts if text and not CHINESE.search(zh.text(text))] == []


def test_every_title_has_chinese_words(zh):
    assert [
        title for title in [*GROUPS.values(), *(topic.title for topic in TOPICS)] if not CHINESE.search(zh.text(title))
    ] == []


def test_a_name_stays_although_it_is_a_word_of_the_page(zh):
    assert zh.text("Cautions") == "Cautions"
    assert zh.text("Waiting") == "等候"


def test_messages_one_after_another_are_found_with_their_numbers_in_place(zh):
    said = zh.text(
        "1,234 parties came in, 2,345 people; at most 345 were inside at once. Nothing stood out here that is known."
    )

    assert said.startswith("共 1,234 批顾客、2,345 人进场；同时在场最多 345 人。")
    assert zh.missing == {"Nothing stood out here that is known."}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [("12 s", "12 秒"), ("3 min 20 s", "3 分 20 秒"), ("¥2.11 million", "¥211 万"), ("-¥1.00 million", "-¥100 万"),
     ("Saturday, 21 November 2026", "2026年11月21日 星期六"), ("84 min – 88 min", "84 分钟 – 88 分钟"), ("Floor 5", None)],
)  # fmt: skip
def test_quantities_and_dates_are_written_as_chinese_writes_them(english, chinese):
    assert quantity(english) == chinese


def test_a_hostile_name_stays_escaped_and_code_and_marked_names_stay(zh):
    page = '<p title="Waiting">Waiting &lt;img onerror&gt;</p><code>Waiting</code><b translate="no">Waiting</b><style>p{color:red}</style>'

    put = translated(page, zh)

    assert '<code>Waiting</code><b translate="no">Waiting</b><style>p{color:red}</style>' in put
    assert 'title="等候"' in put
    assert "&lt;img onerror&gt;" in put
    assert "<img" not in put
