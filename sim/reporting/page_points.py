"""The points economy as a statement of account: what was out in the morning, what came and went, what is owed at the end."""

from __future__ import annotations

from typing import Any

from sim.reporting.wording import across, esc, yuan

CENTIPOINTS = 100  # in a point
GONE = (
    ("burned_centi", "Spent by members"), ("voided_centi", "Taken back with refunds"), ("expired_centi", "Expired"),
    ("exchanged_centi", "Exchanged for points of others"), ("breakage_centi", "Breakage: given up for lost"),
)  # fmt: skip


def statement_lines(found: dict[str, Any]) -> list[tuple[str, int]]:
    """Return the lines of the statement, in centi-points: the first is what was out before, the last what is out at the end.

    What the lines before do not add up to stands in a line of its own, so that the statement always adds up.
    """
    today, held = found["today"], found["held"]
    closing = held["outstanding_centi"]
    lines = [("Out in the morning", today["opening_centi"]), ("Issued", today["issued_centi"])]
    lines += [(title, -today[name]) for name, title in GONE]
    rest = closing - sum(amount for _, amount in lines)
    if rest:
        lines.append(("Other movements", rest))
    return [*lines, ("Out at the end", closing)]


def statement_table(found: dict[str, Any]) -> str:
    """Return the statement as a table: points, and what they are worth to who spends them; nothing where there is no programme."""
    if not found:
        return ""
    lines = statement_lines(found)
    rows = "".join(
        _row(title, amount, found["face_fen"], place in (0, len(lines) - 1)) for place, (title, amount) in enumerate(lines)
    )
    owed_centi = found["held"]["owed_centi"]
    owed = _row("Owed by members after refunds", owed_centi, found["face_fen"], False) if owed_centi else ""
    return across(
        '<table class="statement"><caption>Statement of members\' points</caption><thead><tr><th scope="col">Line</th>'
        f'<th scope="col" class="n">Points</th><th scope="col" class="n">At face value</th></tr></thead><tbody>{rows}</tbody>'
        f'<tfoot>{owed}<tr><th scope="row">Liability: points that can be spent, at face value</th><td></td>'
        f'<td class="n">{yuan(found["held"]["liability_fen"])}</td></tr><tr><th scope="row">In the treasury to meet it</th><td></td>'
        f'<td class="n">{yuan(found["held"]["treasury_fen"])}</td></tr></tfoot></table>',
        "Statement of members' points",
    )


def _row(title: str, centi: int, face_fen: int, is_sum: bool) -> str:
    points = centi / CENTIPOINTS
    kind = ' class="sum"' if is_sum else ""
    sign = "−" if centi < 0 else "" if is_sum or not centi else "+"
    return (
        f'<tr{kind}><th scope="row">{esc(title)}</th><td class="n">{sign}{abs(points):,.0f}</td>'
        f'<td class="n">{sign}{yuan(abs(centi) * face_fen / CENTIPOINTS)}</td></tr>'
    )
