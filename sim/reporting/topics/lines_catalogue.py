"""The KPIs of displays, tickets and meals put off."""

from __future__ import annotations

from sim.reporting.kpi import Kpi

LINES_KPIS = (
    Kpi("shown_wait_error_s_mean", "s", "neither", "queues", "Wait shown less wait had", "Mean of (wait shown to a party on coming to a table's line - its wait), over parties that were seated; tickets apart. Null where nothing is shown."),
    Kpi("shown_wait_error_s_p95", "s", "lower", "queues", "Error of waits shown that 5 % exceed", "95th percentile of the same difference without its sign."),
    Kpi("deterred_visits", "visits", "lower", "queues", "Turned away by a wait shown", "Times a party turned away from a line because the wait shown was longer than its patience."),
    Kpi("deterred_in_vain_share", "share", "lower", "queues", "Turned away in vain", "Of those, the share whose turn would have come within their patience: at the first table freed after all had gone who stood there before them."),
    Kpi("underpromised_visits", "visits", "lower", "queues", "Gave up after a promise broken", "Parties that gave up in a line after the wait that they had read there on coming had passed."),
    Kpi("tickets_taken", "count", "neither", "queues", "Tickets drawn", "Tickets for a table's line drawn in the app."),
    Kpi("ticket_no_show_share", "share", "lower", "queues", "Called and did not come", "Tickets void after their call / tickets called."),
    Kpi("ticket_wait_s_mean", "s", "lower", "queues", "Wait in line with a ticket", "Mean time from coming to the line to sitting down, of parties that came with a good ticket."),
    Kpi("ticket_total_s_mean", "s", "lower", "queues", "From drawing a ticket to sitting down", "Mean time from drawing the ticket to sitting down, of the same parties."),
    Kpi("walk_in_table_wait_s_mean", "s", "lower", "queues", "Wait in line without a ticket", "Mean time from joining a table's line to sitting down, of all other parties that were seated."),
    Kpi("ticket_spend_fen", "fen", "higher", "queues", "Spent while a ticket waits", "Purchases of parties between drawing a ticket and sitting down with it, or the ticket's being void."),
    Kpi("meal_peak_to_mean_ratio", "ratio", "lower", "queues", "Peak of meals", "Parties seated in the fullest half hour / mean over the half hours that the mall is open."),
    Kpi("meals_put_off", "count", "neither", "queues", "Meals put off", "Times a party put its meal off because of a wait it saw or read."),
)  # fmt: skip
