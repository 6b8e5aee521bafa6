"""Clearing: net positions, what netting saves, splits of amounts, and who is paid what when somebody cannot pay; all exact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from sim.errors import ConfigError, Problem
from sim.ledger import netting
from sim.ledger.clearing import plan_of
from sim.ledger.shares import split_fen
from sim.random_streams import stream_key, uniforms
from sim.verification.parameters import SEED, Parameter, table, whole
from sim.verification.records import INFO, Record, at_most, equal, near, record

MEANING = "net positions, splits, and clearing vectors of Eisenberg and Noe, exactly"
# owed by row to column (L-24), in fen; the last column is what each has beside
FOUR = [[0, 500, 0, 120, 0], [300, 0, 260, 0, 0], [410, 0, 0, 90, 0], [0, 75, 180, 0, 0]]
CHAIN = [[0, 100, 0, 40], [0, 0, 100, 10], [0, 0, 0, 0]]
RING = [[0, 80, 20, 10], [50, 0, 50, 5], [0, 0, 0, 0]]
SPLITS = ((100, (1, 1, 1), (34, 33, 33)), (7, (50, 30, 20), (4, 2, 1)), (10, (5, 5, 5, 1), (3, 3, 3, 1)))  # L-26
CLS_SHARE = 0.96  # what netting saves between the members of CLS, who owe each other in both directions all day
PARAMETERS: dict[str, Parameter] = {
    "owed": table(
        [list(map(float, row)) for row in RING],
        "a row each: what it owes to each of them, then what it has beside; fen",
        0,
        1e12,
    ),
    "members": whole(0, "instead of `owed`: how many owe each other amounts drawn from 0 to 1,000,000 fen", 0, 60),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"members": 5}, {"members": 40})


def run(values: dict[str, Any]) -> list[Record]:
    """Return how two algorithms, and whole fen, agree on a network of one's own; and what netting saves there."""
    owed, assets = _network(values)
    total, nets = owed.sum(axis=1), netting.net_positions(owed)
    exact = netting.clearing_vector(owed, assets)
    limit = netting.clearing_vector_by_iteration(owed, np.array(assets, float))
    paid = netting.paid_fen(owed, assets)
    have = np.array(assets) + paid.sum(axis=0)
    found = [
        equal("sum of net positions", "fen", 0, int(nets.sum())),
        equal("net positions after netting in pairs", "count", 0, _moved(owed, netting.bilateral_of(owed))),
        equal("net positions after netting among all", "count", 0, _moved(owed, netting.multilateral_of(owed))),
        at_most("netting among all against in pairs", "fen", netting.bilateral_fen(owed), netting.multilateral_fen(owed)),
        at_most("netting in pairs against gross", "fen", netting.gross_fen(owed), netting.bilateral_fen(owed)),
        near("fictitious defaults", "fen", float(limit.sum()), float(sum(exact)), 1e-3, note="against iterating from above"),
        equal("participants that pay more than they have", "count", 0, int(np.count_nonzero(paid.sum(axis=1) > have))),
        near("paid in whole fen", "fen", float(sum(exact)), int(paid.sum()), float(owed.shape[0] ** 2)),
        record("who defaults", "count", None, int(np.count_nonzero(paid.sum(axis=1) < total)), INFO, "shown"),
    ]
    saved = netting.efficiency(owed)
    if saved is not None:
        found.append(
            record("saved by netting", "share", CLS_SHARE if values["members"] else None, float(saved), INFO, "CLS beside it")
        )
    return found


def run_by_hand() -> list[Record]:
    """Return the cases worked out by hand: four merchants, a chain, a ring, three splits, and a default with a guarantee."""
    owed = np.array(FOUR, np.int64)[:, :4]
    nets = netting.net_positions(owed).tolist()
    found = [
        equal("four merchants: gross", "fen", 1935, netting.gross_fen(owed)),
        equal("four merchants: netted in pairs", "fen", 1155, netting.bilateral_fen(owed)),
        *(equal(f"four merchants: net of {name}", "fen", fen, net) for name, fen, net in zip("ABCD", (90, 15, -60, -45), nets, strict=True)),
        equal("four merchants: settlement", "fen", 105, netting.multilateral_fen(owed)),
        near("four merchants: saved", "share", 0.945736, float(netting.efficiency(owed) or 0), 5e-7),
    ]  # fmt: skip
    for name, rows, expected in (
        ("chain", CHAIN, (Fraction(40), Fraction(50), Fraction(0))), ("ring", RING, (Fraction(125, 6), Fraction(65, 3), Fraction(0))),
    ):  # fmt: skip
        network, assets = _of_rows(rows)
        exact = netting.clearing_vector(network, assets)
        for who, paid, right in zip("ABC", exact, expected, strict=True):
            found.append(equal(f"{name}: paid by {who}", "fen", float(right), float(paid), is_exact=paid == right))
    for total, weights, expected_shares in SPLITS:
        shares = split_fen(total, weights)
        found += [
            equal(f"{total} over {':'.join(map(str, weights))}, share {index + 1}", "fen", wanted, share)
            for index, (wanted, share) in enumerate(zip(expected_shares, shares, strict=True))
        ]
    return [*found, *_default_by_hand()]


def _default_by_hand() -> list[Record]:
    """A owes B 100 and C 50, D owes C 50; A recovers 60 and never pays the rest, the operator guarantees 30: 60 are lost, 2 to 1."""
    owed = np.zeros((6, 6), np.int64)  # operator, treasury, A, B, C, D
    owed[2, 3], owed[2, 4], owed[5, 4] = 100, 50, 50
    in_default = np.arange(6) == 2
    plan = plan_of(owed, "bilateral", np.array([0, 0, 60, 0, 0, 50]), in_default, 30)
    return [
        equal("default: cash to B", "fen", 60, int(plan.paid[:, 3].sum())),
        equal("default: cash to C", "fen", 80, int(plan.paid[:, 4].sum())),
        equal("default: lost by B", "fen", 40, int(plan.lost[2, 3])),
        equal("default: lost by C", "fen", 20, int(plan.lost[2, 4])),
        equal("default: lost by the operator", "fen", 30, int(plan.lost[2, 0])),
    ]


def _moved(owed: np.ndarray, left: np.ndarray) -> int:
    return int(np.count_nonzero(netting.net_positions(owed) != netting.net_positions(left)))


def _network(values: dict[str, Any]) -> tuple[np.ndarray, list[int]]:
    members = values["members"]
    if not members:
        return _of_rows(values["owed"])
    key = stream_key(values["seed"], "network")
    drawn = (1e6 * uniforms(key, np.arange(members * (members + 1)), 0)).astype(np.int64).reshape(members, members + 1)
    owed = drawn[:, :members]
    np.fill_diagonal(owed, 0)
    return owed, drawn[:, members].tolist()


def _of_rows(rows: list[list[int]] | list[list[float]]) -> tuple[np.ndarray, list[int]]:
    if any(len(row) != len(rows) + 1 for row in rows):
        rule = f"each of the {len(rows)} rows must have {len(rows) + 1} numbers"
        raise ConfigError.of(
            "galleria verify clearing", [Problem("owed", f"{len(rows)} rows", rule, "the last is what it has beside")]
        )
    numbers = np.array(rows, float)
    owed = numbers[:, :-1].astype(np.int64)
    np.fill_diagonal(owed, 0)
    return owed, numbers[:, -1].astype(np.int64).tolist()
