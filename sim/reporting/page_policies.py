"""The report's section on the policies that were on: what each did, what it cost whom, and why one run does not show what it brought."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from sim.reporting import page_sections
from sim.reporting.topics.every import TOPICS
from sim.reporting.wording import esc, percent, whole, yuan

if TYPE_CHECKING:
    from sim.reporting.report_page import PageData

REPLICATIONS = 20  # that the proposed comparison runs of each arm
OF_POLICIES = ("promos", "campaigns")


def policies(data: PageData) -> str:
    """Return a paragraph for each policy that was on, the sums over all, and the comparison that would show an effect; nothing without."""
    names = data.run["policies"]
    if not names:
        return ""
    told = [_policy(name, data) for name in names] + _sums(data.kpis)
    more = [
        text
        for topic in TOPICS
        if topic.name in OF_POLICIES
        for text in topic.words(data.kpis, data.curves.get(topic.name) or {})
    ]
    own = [text for text in more if not any(text.startswith(f"{name}: ") for name in names)]
    items = "".join(f"<li>{esc(text)}</li>" for text in told[: len(names)])
    rest = "".join(f"<p>{esc(text)}</p>\n" for text in [*told[len(names) :], *own])
    return (
        f'<ul class="policies">{items}</ul>\n{rest}'
        f"{page_sections.figure_grid(data, 'promos')}\n<p>One run does not show an effect: what would have happened without the policies is not in it. This command runs both sides "
        f"{REPLICATIONS} times under the same luck:</p>\n<p><code>{esc(comparison(data.run))}</code></p>"
    )


def comparison(run: dict[str, Any]) -> str:
    """Return the command that holds the run's policies beside the same days without them."""
    own = (
        [each for each in shlex.split(run["command"])[3:] if not each.startswith(("policies", "seed"))]
        if run["command"]
        else []
    )
    arms = f"arms=[none,{','.join(run['policies'])}]"
    return shlex.join(["galleria", "compare", run["name"], *own, arms, f"replications={REPLICATIONS}"])


def _policy(name: str, data: PageData) -> str:
    found = data.curves.get("promos") or {}
    steps, fen = [0] * 5, 0
    if name in found.get("policies", ()):
        place = found["policies"].index(name)
        steps, fen = found["funnel"][place], found["cost_fen"][place]
    sent, reached, opened, taken, used = steps
    decided = Counter(bool(each["refused_because"]) for each in data.run["decisions"] if each["decider"] == name)
    text = f"{name}: "
    if not any(steps):
        text += "sent no messages and gave no offers; it acts by other means."
    elif sent:
        text += f"{whole(sent)} messages were sent, {whole(reached)} came through, {whole(opened)} were opened; "
        text += f"{whole(taken)} offers were taken and {whole(used)} used, which took {yuan(fen)} off prices."
    else:
        text += f"{whole(taken)} offers were taken and {whole(used)} used without a message, which took {yuan(fen)} off prices."
    if decided:
        text += f" {whole(decided[False])} of its decisions are kept as applied, {whole(decided[True])} as refused."
    return text


def _sums(kpis: dict[str, Any]) -> list[str]:
    cost, owner = kpis.get("policy_cost_fen"), kpis.get("policy_cost_owner_fen")
    if cost is None or owner is None:
        return []
    others = cost - owner
    text = f"All policies together cost {yuan(cost)}: the mall's owner bore {yuan(owner)}, tenants and partners {yuan(others)}."
    if owner < 0:
        text = f"All policies together cost {yuan(cost)}; the mall's owner got {yuan(-owner)} more in fees than it paid."
    if kpis.get("coupon_redemption_share") is not None:
        text += f" {percent(kpis['coupon_redemption_share'])} of the offers taken were used."
    return [text]
