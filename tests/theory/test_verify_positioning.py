"""`galleria verify positioning` on surveys: a real mall's figures, names that decide nothing, and what is said of bad files."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from sim.__main__ import main
from sim.errors import ConfigError
from sim.random_streams import stream_key, uniforms
from sim.verification.families import run_family
from sim.verification.survey_files import floor_rank, read_survey

pytestmark = pytest.mark.compiled
JOY_CITY = Path(__file__).resolve().parents[3] / "shared" / "data" / "joy_city"
REAL = {
    "scans": str(JOY_CITY / "wifi" / "joy_city_scans.csv.gz"),
    "readings": str(JOY_CITY / "wifi" / "joy_city_readings_guest.csv.gz"),
    "waypoints": str(JOY_CITY / "wifi" / "joy_city_waypoints.csv.gz"),
}
FITS = str(JOY_CITY / "derived" / "joy_city_propagation_fits.csv")
needs_joy_city = pytest.mark.skipif(not JOY_CITY.is_dir(), reason="the survey of a real mall is not beside this repository")
# The mall's own network only, leave one path out, k = 5. With all networks its README quotes mean 8.6, median 5.3, p75 9.6 within 3 m.
REAL_FIGURES = {
    None: {"mean_m": 17.38, "median_m": 9.079, "p75_m": 17.82, "p90_m": 38.42, "floor_share": 0.8563},
    3.0: {"mean_m": 11.10, "median_m": 6.543, "p75_m": 11.90, "p90_m": 20.85, "floor_share": 0.9427},
}


@needs_joy_city
@pytest.mark.parametrize("within_m", REAL_FIGURES)
def test_the_search_finds_its_way_in_a_real_mall_as_measured(within_m):
    record = run_family("positioning", {**REAL, "reference_within_m": within_m})[0]

    for name, figure in REAL_FIGURES[within_m].items():
        assert record[name] == pytest.approx(figure, rel=0.03), name


@needs_joy_city
@pytest.mark.parametrize("name", ["multilateration", "nearest"])
def test_estimators_by_known_places_find_most_of_the_real_scans(name):
    record = run_family("positioning", {**REAL, "access_points": FITS, "estimator": name})[0]

    assert record["median_m"] < 25
    assert record["floor_share"] > 0.5


@needs_joy_city
@pytest.mark.parametrize(("within_m", "seed"), [(None, 1), (3.0, 2)])
def test_the_simulated_radio_leads_as_far_astray_as_the_real_one_and_is_heard_as_often(within_m, seed):
    given = {**REAL, "access_points": FITS, "simulate": True, "reference_within_m": within_m, "seed": seed}
    records = run_family("positioning", given)

    (median,) = [record for record in records if record["case"].startswith("median")]
    assert median["measured"] == pytest.approx(median["reference"], rel=0.15)
    curve = [(record["reference"], record["measured"]) for record in records if "law says" in record["case"]]
    assert np.sqrt(np.mean(np.square(np.diff(curve)))) < 0.05


def survey_in(folder, names=lambda ap: f"ap{ap}", order=lambda rows: rows, floors=("B1", "F1", "F2")):
    """Write a small survey: 4 paths of 12 scans on each floor, 10 access points each, strengths in whole dBm."""
    scans, readings, waypoints = [], [], []
    for level, floor in enumerate(floors):
        for path in range(4):
            waypoints += [(floor, path, 0, 0.0, 5.0 * path), (floor, path, 24_000, 24.0, 5.0 * path)]
            for step in range(12):
                scan = len(scans)
                scans.append((scan, floor, path, 2000 * step, 0.0, 0.0, int(step < 11)))
                for ap in range(30):
                    away = np.hypot(2.0 * step - 3 * (ap % 10), 5.0 * path - 5 * (ap % 4)) + 3 + 15 * abs(ap // 10 - level)
                    noise = 10 * uniforms(stream_key(1, "test survey"), np.array([scan]), ap)[0]
                    dbm = round(-35 - 28 * np.log10(away) + noise)
                    if dbm > -80:
                        readings.append((scan, names(ap), dbm))
    for name, header, rows in (
        ("scans", "scan,floor,path,t_ms,x_m,y_m,within_waypoints", scans),
        ("readings", "scan,ap,rssi_dbm", readings),
        ("waypoints", "floor,path,t_ms,x_m,y_m", waypoints),
    ):
        with (folder / f"{name}.csv").open("w", newline="") as text:
            csv.writer(text).writerows([header.split(","), *order(rows)])
    return {name: str(folder / f"{name}.csv") for name in ("scans", "readings", "waypoints")}


def figures(given, **more):
    record = run_family("positioning", {**given, **more})[0]
    return {key: value for key, value in record.items() if key != "parameters"}


def test_names_and_order_in_the_files_change_no_figure(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plain = survey_in(tmp_path / "a")
    other = survey_in(tmp_path / "b", names=lambda ap: f"x{(ap * 7919) % 31:02d}", order=lambda rows: rows[::-1])

    assert figures(plain) == figures(other)


def test_places_come_from_the_waypoints_and_scans_outside_them_do_not_count(tmp_path):
    survey = read_survey(**survey_in(tmp_path), access_points=None)

    assert survey.x_m.size == 3 * 4 * 11
    assert survey.x_m[:3].tolist() == [0.0, 2.0, 4.0]
    assert survey.before_x_m[:7].tolist() == [0, 0, 0, 0, 0, 0, 2.0]
    assert survey.floors == ("B1", "F1", "F2")


def test_gzipped_files_read_like_plain_ones(tmp_path):
    plain = survey_in(tmp_path)
    packed = {name: f"{path}.gz" for name, path in plain.items()}
    for name, path in plain.items():
        Path(packed[name]).write_bytes(gzip.compress(Path(path).read_bytes()))

    assert figures(plain) == figures(packed)


def test_floors_are_in_order_of_height():
    assert sorted(["F2", "B1", "F10", "B2", "F1"], key=floor_rank) == ["B2", "B1", "F1", "F2", "F10"]


def rewritten(given, change):
    """Let `change` make each row of the file of scans anew."""
    head, *rows = Path(given["scans"]).read_text().splitlines()
    Path(given["scans"]).write_text("\n".join([head, *(",".join(change(row.split(","))) for row in rows)]))
    return given


def written(folder, name, text):
    (folder / name).write_text(text)
    return str(folder / name)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder, given: {**given, "scans": str(folder / "none.csv")}, "there is no such file"),
        (lambda folder, given: {**given, "readings": written(folder, "r.csv", "scan,ap\n1,2\n")}, "has no column rssi_dbm"),
        (lambda folder, given: {**given, "readings": written(folder, "r.csv", "scan,ap,rssi_dbm\n1,2,loud\n")}, r"line 2.*rssi_dbm must be a number"),
        (lambda folder, given: {**given, "readings": written(folder, "r.csv", "scan,ap,rssi_dbm\n9999,2,-60\n")}, "belongs to no scan.*scan 9999"),
        (lambda folder, given: {**given, "readings": written(folder, "r.csv", "scan,ap,rssi_dbm\n")}, "has no rows"),
        (lambda folder, given: {**given, "waypoints": written(folder, "w.csv", "floor,path,t_ms,x_m,y_m\nF1,0,0,1,1\n")}, "has no waypoints"),
        (
            lambda folder, given: {**given, "scans": str(folder / "no"), "waypoints": str(folder / "none")},
            r"(?s)2 problems.*scans=.*waypoints=",
        ),
        (lambda folder, given: rewritten(given, lambda row: [*row[:-1], "0"]), "1 problem.*(?s:.)*scans=.*nothing to judge"),
        (lambda folder, given: rewritten(given, lambda row: ["7" if row[0] == "8" else row[0], *row[1:]]), "1 problem(?s:.)*scans=.*id of its own.*repeated: 7"),
        (
            lambda folder, given: rewritten(given, lambda row: [str(int(row[0]) // 2), *row[1:-1], "0"]),
            r"(?s)2 problems.*repeated: 0, 1, 2, 3, 4 and 67 more.*nothing to judge",
        ),
        (lambda folder, given: {**given, "readings": written(folder, "r.csv", "scan,ap,rssi_dbm\n11,a,-60\n")}, "1 problem(?s:.)*readings=.*nothing to judge"),
        (lambda folder, given: {"scans": given["scans"]}, r"readings.*must be given"),
        (lambda folder, given: {**given, "estimator": "nearest"}, r"access_points.*must be given"),
        (lambda folder, given: {**given, "simulate": True}, r"access_points.*must be given"),
        (lambda folder, given: {**given, "estimator": "wknn"}, "must be one of knn, multilateration, nearest"),
        (lambda folder, given: {**given, "simulate": "maybe"}, "must be true or false"),
        (lambda folder, given: {**given, "reference_within_m": 0.001}, "no scan has a scan of another path"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(tmp_path, change, words):
    with pytest.raises(ConfigError, match=words) as refused:
        run_family("positioning", change(tmp_path, survey_in(tmp_path)))

    assert refused.value.exit_code == 2


def test_a_floor_that_only_one_path_surveyed_is_named(tmp_path):
    given = survey_in(tmp_path)
    rows = Path(given["scans"]).read_text().splitlines()
    Path(given["scans"]).write_text("\n".join(row for row in rows if ",F2," not in row or ",F2,3," in row))
    heard = Path(given["readings"]).read_text().splitlines()
    kept = {row.split(",")[0] for row in Path(given["scans"]).read_text().splitlines()}
    Path(given["readings"]).write_text("\n".join(row for row in heard if row.split(",")[0] in kept))

    with pytest.raises(ConfigError, match="misses floor F2"):
        run_family("positioning", given)


def test_the_command_line_refuses_with_exit_code_2(tmp_path, capsys):
    code = main(["verify", "positioning", f"scans={tmp_path / 'none.csv'}", "readings=a", "waypoints=b"])

    assert code == 2
    assert "no such file" in capsys.readouterr().err
