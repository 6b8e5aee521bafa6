"""Programmes and operations from files: what is refused with which code, what is told of bad files, and what is kept."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.cli import main
from sim.errors import LedgerError
from sim.ledger.apply import Application, Result
from sim.ledger.operations_file import read_operations
from sim.ledger.programme_file import read_programme
from sim.reporting.applied import write_applied
from sim.reporting.ledger_check import check_ledger

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "try-a-programme.md"
PROGRAMME = """
merchants: [{id: cafe, category: food, opening: "1000.00"}, {id: shop, category: clothing, limit: "0.00"}]
members: [ann, {id: bob, points: 100}]
treasury: {opening: "500.00"}
"""
pytestmark = pytest.mark.plain


def applied(tmp_path: Path, lines: list[dict], more: str = "") -> tuple[Application, list[Result]]:
    (tmp_path / "p.yaml").write_text(PROGRAMME + more)
    rows = [{"id": str(index), "at": f"2026-06-01T10:00:{index:02d}+08:00", **line} for index, line in enumerate(lines)]
    (tmp_path / "o.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    application = Application(read_programme(tmp_path / "p.yaml"))
    return application, application.apply(read_operations(tmp_path / "o.jsonl"))


def codes(tmp_path: Path, *lines: dict, more: str = "") -> list[str]:
    return [result.code for result in applied(tmp_path, list(lines), more)[1]]


def earn(amount: str = "250.00", **more: object) -> dict:
    return {"op": "earn", "member": "ann", "merchant": "cafe", "amount": amount, **more}


def test_an_operation_with_a_negative_or_no_amount_is_refused_and_the_next_one_happens(tmp_path):
    assert codes(tmp_path, earn("-1"), earn("0.00"), earn()) == ["amount_not_positive", "amount_not_positive", "ok"]


def test_names_that_nobody_knows_have_codes_of_their_own(tmp_path):
    found = codes(
        tmp_path,
        earn(merchant="bank"),
        earn(member="eve"),
        {"op": "post", "pending": "9"},
        {"op": "refund", "of": "9", "amount": "1"},
        {"op": "open", "member": "ann"},
        {"op": "balance", "account": "tenant:nobody"},
    )

    assert found == [
        "unknown_merchant",
        "unknown_member",
        "unknown_pending",
        "unknown_operation",
        "member_exists",
        "unknown_account",
    ]


def test_more_points_than_the_price_or_the_cap_or_fewer_than_the_minimum_are_refused(tmp_path):
    def redeem(points: str) -> dict:
        return {"op": "redeem", "member": "bob", "merchant": "cafe", "points": points, "amount": "40.00"}

    rules = "redeem: {minimum_points: 5, most_share: '0.5'}\n"
    assert codes(tmp_path, redeem("41"), redeem("21"), redeem("4.99"), redeem("20"), more=rules) == [
        "above_price", "above_cap", "below_minimum", "ok",
    ]  # fmt: skip


def test_points_that_pay_part_of_a_receipt_earn_none(tmp_path):
    _, found = applied(tmp_path, [{**earn("250.00", points="60"), "member": "bob"}])

    assert found[0].balances["member:bob"] == "41.00"  # 100 - 60 + 1 for 190 yuan
    assert found[0].balances["tenant:cafe"] == "1248.80"  # 190 in money, 60 for the points, 1.20 for the point given


def test_a_merchant_that_may_owe_nothing_cannot_pay_for_points_that_it_has_no_money_for(tmp_path):
    refund = {"op": "refund", "of": "0", "amount": "250.00"}
    pay = {"op": "transfer", "debit": "tenant:shop", "credit": "operator", "amount": "247.60"}
    assert codes(tmp_path, earn(merchant="shop"), pay, refund) == ["ok", "ok", "insufficient"]


def test_a_chain_that_fails_is_forgotten_altogether(tmp_path):
    chain = {
        "chain": [
            earn(id="sale"),
            {"op": "reserve", "member": "bob", "merchant": "cafe", "points": "60", "id": "kept"},
            {"op": "redeem", "member": "bob", "merchant": "cafe", "points": "60"},
        ]
    }
    found = codes(
        tmp_path, chain, {"op": "refund", "of": "sale", "amount": "1"}, {"op": "void", "pending": "kept"},
        {"op": "redeem", "member": "bob", "merchant": "cafe", "points": "100"},
    )  # fmt: skip

    assert found == ["insufficient", "unknown_operation", "unknown_pending", "ok"]


def test_a_merchant_leaves_when_nothing_is_left_to_settle(tmp_path):
    redeem = {"op": "redeem", "member": "bob", "merchant": "cafe", "points": "10"}
    found = codes(
        tmp_path, redeem, {"op": "leave", "merchant": "cafe"}, {"op": "close_programme"}, {"op": "settle"}, {"op": "leave", "merchant": "cafe"}, redeem,
        {"op": "join", "merchant": "cafe"}, {"op": "join", "merchant": "cafe"}, redeem, more="settlement: {mode: cycle}\n",
    )  # fmt: skip

    assert found == [
        "ok",
        "has_obligations",
        "has_obligations",
        "ok",
        "ok",
        "merchant_not_in_programme",
        "ok",
        "already_in_programme",
        "ok",
    ]


def test_an_account_is_closed_when_it_is_empty_and_merged_when_nothing_is_pending(tmp_path):
    found = codes(
        tmp_path, {"op": "close_account", "member": "bob"}, {"op": "reserve", "member": "bob", "merchant": "cafe", "points": "5"},
        {"op": "merge", "member": "bob", "into": "ann"}, {"op": "void", "pending": "1"}, {"op": "merge", "member": "bob", "into": "ann"},
        {"op": "redeem", "member": "bob", "merchant": "cafe", "points": "1"}, {"op": "redeem", "member": "ann", "merchant": "cafe", "points": "100"},
        {"op": "close_account", "member": "ann"}, {"op": "close_account", "member": "ann"},
    )  # fmt: skip

    assert found == ["not_empty", "ok", "has_pending", "ok", "ok", "account_closed", "ok", "ok", "account_closed"]


def test_operations_come_in_order_of_time(tmp_path):
    early = {**earn(), "at": "2026-05-31T10:00:00+08:00"}
    assert codes(tmp_path, earn(), early) == ["ok", "out_of_order"]


def test_a_campaign_is_over_at_the_instant_that_it_names(tmp_path):
    campaign = 'earn: {campaigns: [{name: x, from: "2026-06-01T10:00:00+08:00", until: "2026-06-01T10:00:01+08:00", factor: 3, categories: [food]}]}\n'
    _, found = applied(tmp_path, [earn("100.00"), earn("100.00")], campaign)

    assert [result.balances["member:ann"] for result in found] == ["3.00", "4.00"]


def test_points_earned_on_the_last_of_a_month_are_good_to_the_end_of_a_shorter_one(tmp_path):
    (tmp_path / "p.yaml").write_text("expiry: {months: 1}\n")
    programme = read_programme(tmp_path / "p.yaml")
    from sim.ledger.programme_file import instant_of

    assert programme.expires_us(instant_of("2026-01-31T23:59:59+08:00")) == instant_of("2026-03-01T00:00:00+08:00")
    assert programme.expires_us(instant_of("2026-12-05T00:00:00+08:00")) == instant_of("2027-01-06T00:00:00+08:00")


def test_every_mistake_in_a_programme_is_told_at_once_with_its_line(tmp_path):
    (tmp_path / "p.yaml").write_text(
        "earn:\n  yuan_per_point: -100\n  merchants: {bank: 50}\nredemption_price: '2.00'\nsettlement: {cycle_hours: 0}\n"
        "time_zone: Mars\nissue: 3\npoint_value: '1.005'\nmerchants: [cafe, cafe]\n"
    )
    with pytest.raises(LedgerError) as told:
        read_programme(tmp_path / "p.yaml")

    text = str(told.value)
    assert text.splitlines()[0].endswith("8 problems")
    for line, words in ((2, "yuan_per_point: must be positive"), (3, "'bank' is no merchant"), (4, "must not be above issue_price"), (5, "must be above 0"), (6, "time zone"), (7, "is no key"), (8, "at most two decimals"), (9, "must be there once")):  # fmt: skip
        assert re.search(rf"p\.yaml:{line}: .*{re.escape(words)}", text), (line, words, text)


def test_every_mistake_in_a_list_of_operations_is_told_at_once_and_nothing_is_applied(tmp_path, capsys):
    (tmp_path / "p.yaml").write_text(PROGRAMME)
    at = '"at": "2026-06-01T10:00:00+08:00"'
    (tmp_path / "o.jsonl").write_text(
        f'{{"id": "1", {at}, "op": "earn", "member": "ann", "merchant": "cafe", "amount": "2.675"}}\n'
        f'{{"id": "2", {at}, "op": "earn", "member": "ann", "merchant": "cafe", "amount": 4.35}}\n'
        f'{{"id": "3", "at": "2026-06-01", "op": "expire"}}\n'
        f'{{"id": "4", {at}, "op": "erase"}}\nno json\n'
        f'{{"id": "5", {at}, "op": "redeem", "member": "ann", "points": 5, "colour": "red"}}\n'
        f'{{"id": "6", {at}, "chain": [{{"op": "settle"}}]}}\n{{"id": "7", {at}, "op": "adjust", "member": "ann", "points": "1e3"}}\n'
    )

    assert main(["ledger", "apply", str(tmp_path / "p.yaml"), str(tmp_path / "o.jsonl"), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    for line, words in ((1, "at most two decimals"), (2, "a float is not exact"), (3, "an instant with its offset"), (4, "a known operation"), (5, "one JSON object"), (6, "is missing: redeem needs it"), (6, "is no key of redeem"), (7, "cannot be part of a chain"), (8, "a decimal number")):  # fmt: skip
        assert re.search(rf"o\.jsonl:{line}: .*{re.escape(words)}", told), (line, words, told)
    assert not (tmp_path / "out").exists()


def test_what_is_kept_is_checked_and_a_change_to_it_is_found(tmp_path):
    application, _ = applied(tmp_path, [earn(), {"op": "redeem", "member": "bob", "merchant": "cafe", "points": "7"}])
    write_applied(tmp_path / "out", application, application.summary())
    assert check_ledger(tmp_path / "out").differs == []

    path = tmp_path / "out" / "transfers.parquet"
    kept = pq.read_table(path)
    for column, change, words in (
        ("amount", lambda values: [value + (index == 4) for index, value in enumerate(values)], "balance of every account"),
        ("time_us", lambda values: [value - (index == 5) * 10**12 for index, value in enumerate(values)], "I11"),
        ("id", lambda values: [value + (index > 2) for index, value in enumerate(values)], "I6"),
    ):
        changed = kept.set_column(kept.schema.get_field_index(column), column, pa.array(change(kept[column].to_pylist())))
        pq.write_table(changed, path)
        differs = check_ledger(tmp_path / "out").differs
        assert any(words in each for each in differs), differs
        assert any("digest" in each for each in differs)


def test_the_how_to_does_what_it_says(tmp_path, capsys):
    text = HOW_TO.read_text(encoding="utf-8")
    for name in ("my_programme.yaml", "my_operations.jsonl"):
        written = re.search(rf"cat > {name} <<'END'\n(.*?)^END$", text, re.DOTALL | re.MULTILINE)
        (tmp_path / name).write_text(written[1])

    out = tmp_path / "out"
    assert (
        main(
            [
                "ledger",
                "apply",
                str(tmp_path / "my_programme.yaml"),
                str(tmp_path / "my_operations.jsonl"),
                "--out",
                str(out),
                "--json",
            ]
        )
        == 0
    )
    result = json.loads(capsys.readouterr().out)
    by_id = {each["id"]: each for each in result["results"]}
    assert {name: each["code"] for name, each in by_id.items()} == {
        "1": "ok", "2": "ok", "3": "insufficient", "4": "ok", "5": "ok", "": "ok", "6": "ok", "7": "ok",
    }  # fmt: skip
    assert (by_id["1"]["balances"]["member:ann"], by_id["7"]["balances"]["member:ann"]) == ("5.00", "3.00")
    money = {each["name"]: each["balance"] for each in result["accounts"]}
    assert (money["tenant:cafe"], money["tenant:shop"], money["treasury"]) == ("40.00", "186.40", "63.60")
    assert main(["ledger", "check", str(out)]) == 0


def test_an_operation_of_a_chain_that_is_sent_again_alone_does_not_happen_again(tmp_path):
    at = {"at": "2026-06-01T10:00:00+08:00"}
    chain = {"id": "a", "chain": [earn(), earn("300.00", id="x")], **at}
    application, found = applied(
        tmp_path, [chain, {**earn("300.00"), "id": "x", **at}, {**earn("900.00"), "id": "a.1", **at}, {**chain, "id": "b"}]
    )

    assert [result.code for result in found] == ["ok", "exists", "exists_with_different_amount", "link_exists"]
    assert found[1].transfers == tuple(range(*application.desk.rows_of["x"])) != ()
    assert application.balance_text(application.desk.account_of["member:ann"]) == "5.00"


def test_two_operations_of_a_chain_cannot_share_an_id(tmp_path):
    with pytest.raises(LedgerError, match="must be there once: the chain has one too"):
        applied(tmp_path, [{"chain": [earn(id="x"), earn(id="x")]}])


def test_what_a_chain_that_failed_would_have_posted_cannot_be_reversed(tmp_path):
    failed = {"chain": [earn(id="sale"), {"op": "redeem", "member": "bob", "merchant": "cafe", "points": "900"}]}
    assert codes(tmp_path, failed, earn(), {"op": "reverse", "of": "sale"}) == ["insufficient", "ok", "unknown_operation"]


def test_a_chain_that_is_reversed_leaves_nothing_to_refund_or_reverse_in_it(tmp_path):
    found = codes(
        tmp_path, {"id": "a", "chain": [earn(), earn("300.00")]}, {"op": "reverse", "of": "a"},
        {"op": "refund", "of": "a.1", "amount": "1"}, {"op": "reverse", "of": "a.2"},
    )  # fmt: skip

    assert found == ["ok", "ok", "already_reversed", "already_reversed"]


def test_purchases_of_a_member_that_was_merged_are_refunded_and_reversed_from_the_other(tmp_path):
    application, found = applied(
        tmp_path, [{**earn("250.00"), "id": "sale"}, {**earn("300.00"), "id": "other"}, {"op": "merge", "member": "ann", "into": "bob"},
        {"op": "refund", "of": "sale", "amount": "100.00"}, {"op": "reverse", "of": "other"}], "earn: {gift_yuan_per_point: 100}\n",
    )  # fmt: skip

    assert [result.code for result in found] == ["ok"] * 5
    balances = {name: application.balance_text(account) for name, account in application.desk.account_of.items()}
    assert (balances["member:ann"], balances["member:bob"], balances["gifts:bob"]) == ("0.00", "101.00", "1.00")


def test_a_refund_that_is_reversed_can_be_made_again_and_the_sale_be_reversed_after_that(tmp_path):
    refund = {"op": "refund", "of": "0", "amount": "100.00"}
    application, found = applied(
        tmp_path, [earn("150.00"), refund, refund, {"op": "reverse", "of": "1"}, refund, {"op": "reverse", "of": "4"}, {"op": "reverse", "of": "0"}]
    )  # fmt: skip

    assert [result.code for result in found] == ["ok", "ok", "refund_exceeds_sale", "ok", "ok", "ok", "ok"]
    balances = {name: application.balance_text(account) for name, account in application.desk.account_of.items()}
    assert (balances["member:ann"], balances["tenant:cafe"], balances["treasury"]) == ("0.00", "1000.00", "500.00")


def test_a_transfer_by_hand_neither_redeems_points_nor_turns_obligations_into_money(tmp_path):
    def move(debit: str, credit: str) -> dict:
        return {"op": "transfer", "debit": debit, "credit": credit, "amount": "5"}

    application, found = applied(
        tmp_path, [move("member:bob", "points_redeemed"), move("points_issued", "member:bob"), move("clearing:operator", "tenant:cafe"),
        move("member:bob", "member:ann"), move("clearing:operator", "clearing:tenant:cafe"), {"op": "settle"}], "settlement: {mode: cycle}\n",
    )  # fmt: skip

    assert [result.code for result in found] == ["wrong_kind", "wrong_kind", "wrong_kind", "ok", "ok", "ok"]
    assert found[-1].balances["tenant:cafe"] == "1005.00"
    write_applied(tmp_path / "out", application, application.summary())
    assert check_ledger(tmp_path / "out").differs == []


def test_ten_years_of_short_cycles_without_an_operation_settle_once(tmp_path):
    late = {**earn(), "at": "2036-06-01T10:00:00+08:00"}
    _, found = applied(tmp_path, [earn(), late], "settlement: {mode: cycle, cycle_hours: 0.25}\n")

    assert [(result.op, result.code) for result in found] == [("earn", "ok"), ("settle", "ok"), ("earn", "ok")]


def test_a_cycle_of_less_than_a_quarter_of_an_hour_is_refused(tmp_path):
    (tmp_path / "p.yaml").write_text("settlement: {mode: cycle, cycle_hours: 0.001}\n")
    with pytest.raises(LedgerError, match=r"must be at least 0\.25"):
        read_programme(tmp_path / "p.yaml")


def test_a_chain_with_a_refund_in_it_is_reversed_and_the_receipt_is_whole_again(tmp_path):
    refund = {"op": "refund", "of": "0", "amount": "100.00"}
    found = codes(
        tmp_path, earn("150.00"), {"chain": [refund, earn()]}, {"op": "reverse", "of": "1"}, {"op": "refund", "of": "0", "amount": "150.00"}
    )  # fmt: skip

    assert found == ["ok"] * 4


def test_what_a_chain_that_failed_corrected_is_as_before_it(tmp_path):
    refund = {"op": "refund", "of": "0", "amount": "100.00"}
    failed = {"chain": [refund, {"op": "redeem", "member": "bob", "merchant": "cafe", "points": "900"}]}
    found = codes(
        tmp_path, earn("150.00"), failed, {"op": "merge", "member": "ann", "into": "bob"}, {"op": "reverse", "of": "0"}
    )

    assert found == ["ok", "insufficient", "ok", "ok"]
