"""The KPIs of paying, and what the report says of them."""

from __future__ import annotations

from typing import Any

from sim.reporting.kpi import Kpi
from sim.reporting.topics.topic import Value

KPIS = (
    Kpi("pay_s_mean", "s", "lower", "checkout", "Time to pay", "Mean time that paying takes at tills and self-checkouts, without scanning and packing; bills at tables, orders on a tablet and cinema seats are not in it."),
    Kpi("mobile_pay_share", "share", "neither", "checkout", "Paid by phone", "Payments by phone, held to the terminal or by QR code / all payments, for cinema seats included."),
    Kpi("till_service_s_mean", "s", "lower", "checkout", "Time at a cashier's till", "Mean time from the start of scanning until paid, at tills with a cashier."),
    Kpi("self_checkout_share", "share", "neither", "checkout", "Went to a self-checkout", "Services at self-checkouts / services at all tills."),
    Kpi("cashier_h", "h", "lower", "checkout", "Cashier hours", "Hours of cashiers on duty while their store was open, busy or not, and of attendants at self-checkouts; clerks of a cinema's box office are not in it."),
    Kpi("cashier_cost_fen", "fen", "lower", "checkout", "Cost of cashiers", "Cashier hours x checkout.cashiers.yuan_per_h."),
    Kpi("payment_fee_fen", "fen", "lower", "checkout", "Payment fees", "What tenants paid to those who carry payments: a share of each payment, rounded to whole fen, and a fixed fee a day; no fee comes back with a refund."),
    Kpi("price_cut_fen", "fen", "neither", "checkout", "Given away for paying by phone", "List prices less what was paid, over payments by phone; the tenants bear it."),
    Kpi("payment_adopters", "visits", "higher", "checkout", "Began to pay by phone", "Parties that paid by phone for the first time, won at a till."),
    Kpi("adoption_cost_fen", "fen", "lower", "checkout", "Cost of winning them", "Gifts, less the pennies received, and the wages of whoever taught."),
    Kpi("sales_lost_fen", "fen", "lower", "checkout", "Sales lost to stock or fit", "Baskets that parties would have bought and did not find in their size, colour or model, and that nobody ordered for them."),
    Kpi("sales_saved_fen", "fen", "higher", "checkout", "Sales saved on the tablet", "List prices of baskets ordered by a guide and shipped; they are in the sales."),
    Kpi("saving_cost_fen", "fen", "lower", "checkout", "Cost of saving them", "Shipping, and the hours of guides on duty x checkout.cashiers.yuan_per_h."),
)  # fmt: skip
IN_WORDS = {
    "cash": "cash", "card": "card, inserted", "contactless": "card, contactless", "contactless_pin": "card, contactless, PIN",
    "mobile": "phone, contactless", "qr": "phone, QR code",
}  # fmt: skip


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    from sim.reporting.wording import duration, percent, whole, yuan  # it reads the catalogue, of which this is a part

    found = [
        f"{percent(kpis['mobile_pay_share'])} of the payments were made by phone. Paying took {duration(kpis['pay_s_mean'])} on average and "
        f"a customer was at the cashier for {duration(kpis['till_service_s_mean'])}: most of the time at a till is scanning and packing, which "
        f"no way to pay makes shorter. Cashiers were on duty for {whole(kpis['cashier_h'])} hours, which cost {yuan(kpis['cashier_cost_fen'])}; "
        f"tenants paid {yuan(kpis['payment_fee_fen'])} in payment fees."
    ]
    if kpis["price_cut_fen"]:
        found.append(
            f"Prices were cut for whoever paid by phone: the tenants gave away {yuan(kpis['price_cut_fen'])}. What lower prices might sell more is not in the model."
        )
    if curves["onboarding"]:
        adopters, cost = kpis["payment_adopters"] or 0, kpis["adoption_cost_fen"] or 0
        each = f", {yuan(cost / adopters)} for each" if adopters else ""
        found.append(
            f"{whole(adopters)} parties paid by phone for the first time, with {whole(curves['teacher_h'])} hours of teaching. Winning them cost {yuan(cost)}{each}."
        )
    if curves["lost_sales"] or curves["saved_sales"]:
        text = f"Stock or fit lost {whole(curves['lost_sales'])} sales worth {yuan(kpis['sales_lost_fen'])}."
        if curves["saved_sales"]:
            text += f" Guides with tablets saved {whole(curves['saved_sales'])} worth {yuan(kpis['sales_saved_fen'])}, at a cost of {yuan(kpis['saving_cost_fen'])}."
        found.append(text)
    return found
