"""A finished run gives the feed that its sensors would have sent; damage is what was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from sim import api
from sim.cli import main
from sim.cli_observe import mall_of
from sim.config_files import compose
from sim.errors import ConfigError, GalleriaError
from sim.feeds.from_run import Damage, damage_of, feed_of_run, spoilt
from sim.feeds.intake import Intake, Why, in_batches
from sim.feeds.reading import read_feed
from sim.feeds.records import CADENCE_US, Record, rules_of
from sim.reporting.recorder import read_columns

pytestmark = pytest.mark.compiled


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    folder = tmp_path_factory.mktemp("feed") / "day"
    api.run(compose("corner_day", ["recording.report=false", "recording.fixes=true"]), folder)
    _, compiled = mall_of(folder)
    return folder, compiled, feed_of_run(folder, compiled)


def test_a_whole_feed_is_used_to_the_last_record(day):
    _, compiled, feed = day
    intake = Intake(rules_of(compiled))
    records = zip(feed.came_us.tolist(), _records(feed), strict=True)

    for now_us, batch in in_batches(records, CADENCE_US):
        intake.take(batch, now_us)

    assert intake.used == feed.time_us.size
    assert intake.report()["used"] > 1000
    assert not intake.aside


def test_a_level_is_counted_as_full_as_it_was_less_those_missed(day):
    folder, _, feed = day
    events = read_columns(folder / "events.parquet")
    kind = events["kind"].astype(str)
    tick_us = 15 * 3600 * 1_000_000
    before = events["time_us"] < tick_us
    inside = int(events["people"][before & (kind == "ARRIVED")].sum() - events["people"][before & (kind == "LEFT")].sum())
    told = int(feed.value[(feed.time_us == tick_us) & (feed.kind == "people")].sum())

    assert inside > 10
    assert 0.85 * inside <= told <= inside


def test_of_each_address_the_latest_fix_in_five_minutes_is_sent_from_the_level_where_it_was(day):
    folder, compiled, feed = day
    fixes = read_columns(folder / "fixes.parquet")
    names = [f"wifi:{name}" for name in compiled.level_ids]
    sent = feed.kind == "fix"
    told = {
        (int(when), sensor, int(who))
        for when, sensor, who in zip(feed.time_us[sent], feed.sensor[sent], feed.subject[sent], strict=True)
    }
    latest: dict[tuple[int, int], tuple[int, str, int]] = {}
    for when, who, level in zip(fixes["time_us"].tolist(), fixes["subject"].tolist(), fixes["level"].tolist(), strict=True):
        span = (when // CADENCE_US, who)
        if span not in latest or when >= latest[span][0]:
            latest[span] = (when, names[level], who)

    assert len(latest) > 300
    assert told == set(latest.values())


def test_damage_takes_doubles_and_delays_about_the_shares_that_were_asked_for(day):
    _, _, feed = day
    bad = spoilt(feed, Damage(dropped=0.2, duplicated=0.1, absurd=0.05, late=0.3, late_min=10), seed=3)
    count = feed.time_us.size

    assert abs(bad.time_us.size / count - 0.8 * 1.1) < 0.05  # 5 sd of a share of 1,600 records
    assert abs((bad.came_us > bad.time_us).mean() - 0.3) < 0.06
    assert abs((bad.value < 0).mean() - 0.05) < 0.03
    assert np.all(np.diff(bad.came_us) >= 0)
    assert all(np.array_equal(one, two) for one, two in zip(bad, spoilt(feed, Damage(0.2, 0.1, 0.05, 0.3, 10), 3), strict=True))


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_every_form_of_file_brings_back_the_same_records(day, tmp_path, ending):
    folder, _, feed = day
    path = tmp_path / f"feed.{ending}"

    assert main(["observe", str(folder), "--as-feed", "--out", str(path)]) == 0

    assert [record for _, record in read_feed(path, "2026-11-21")] == _records(feed)


def test_checking_a_bad_feed_says_what_would_be_set_aside(day, tmp_path, capsys):
    folder, _, _ = day
    path = tmp_path / "bad.csv"
    main(
        [
            "observe",
            str(folder),
            "--as-feed",
            "--damage",
            "absurd=0.05,duplicated=0.05,late=0.2,late_min=30",
            "--out",
            str(path),
        ]
    )

    assert main(["observe", str(folder), "--check", str(path)]) == 0

    told = capsys.readouterr().out
    assert all(why.value in told for why in (Why.ABSURD, Why.DUPLICATE, Why.LATE))


def test_a_feed_with_wrong_columns_is_refused_with_all_that_is_wrong(tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text("when,sensor,value\n1,door:a,2\n")

    with pytest.raises(GalleriaError) as refused:
        list(read_feed(path, "2026-11-21"))

    assert {problem.place for problem in refused.value.problems} == {"column kind", "column time_us", "column when"}


def test_damage_that_is_misspelt_or_above_one_is_refused_together():
    with pytest.raises(ConfigError) as refused:
        damage_of("dropd=0.1,late=2")

    assert len(refused.value.problems) == 2


def _records(feed):
    columns = (feed.time_us, feed.sensor, feed.kind, feed.subject, feed.value)
    return [Record(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
