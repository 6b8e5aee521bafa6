"""What is typed wrongly after `galleria select` and `galleria sensitivity`: one message each, before anything is run."""

from __future__ import annotations

import pytest

from sim import cli

pytestmark = pytest.mark.plain
ARMS = 'arms=[none,"services.payment_s_mean=30"]'


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["select", "corner_day", ARMS], "say what is to be best"),
        (["select", "corner_day", ARMS, "kpi=sales_fen", "kpis=[sales_fen,covers]"], "say what is to be best"),
        (["select", "corner_day", ARMS, "kpi=sales_fen", "replications=3"], "replications=... does not go with kpi=..."),
        (["select", "corner_day", ARMS, "kpi=sale_fen"], "did you mean sales_fen?"),
        (["select", "corner_day", ARMS, "kpi=push_sent"], "maximise=true or maximise=false"),
        (["select", "corner_day", ARMS, "kpi=sales_fen", "delta=small", "budget=2.5"], "2 problems"),
        (["select", "corner_day", ARMS, "kpis=[sales_fen,push_sent:more]"], "after the colon stands higher or lower"),
        (["select", "corner_day", "arms=[none]", "kpi=sales_fen"], "two or more different arms are wanted"),
        (["sensitivity", "corner_day", "parameters=[population]"], "say kpi=NAME and what to vary"),
        (["sensitivity", "corner_day", "parameters=[population.car_shar]", "kpi=sales_fen"], "did you mean population.car_share?"),
        (["sensitivity", "corner_day", "services.service_cv=2..1", "kpi=sales_fen"], "low below high"),
        (["sensitivity", "corner_day", "parameters=[services]", "kpi=sales_fen", "within=-1", "samples=x"], "2 problems"),
    ],
)  # fmt: skip
def test_a_mistake_gets_one_message_and_exit_code_2(capsys, words, said):
    assert cli.main(words) == 2

    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
