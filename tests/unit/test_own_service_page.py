"""The service that the documents show runs as it stands there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pyarrow.parquet as pq

from sim import api
from sim.config_files import compose

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "a-service-of-your-own.md"


def test_the_service_of_the_page_serves_whoever_buys_and_takes_its_price(tmp_path):
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    script = tmp_path / "shown.py"
    script.write_text(block, encoding="utf-8")
    shown = runpy.run_path(str(script))["repair_corner"]
    config = compose("corner_day", ["sensing=none", "recording.report=false"])

    api.run(config, tmp_path / "with", services={"L1-outfitters": shown})

    log = pq.read_table(tmp_path / "with" / "events.parquet").to_pydict()
    rows = list(zip(log["kind"], log["place_id"], log["visit"], log["value"]))
    served = {visit for kind, place, visit, _ in rows if (kind, place) == ("SERVICE_ENDED", "till:L1-outfitters")}
    paid = {visit: fen for kind, place, visit, fen in rows if (kind, place) == ("PURCHASED", "L1-outfitters")}
    assert len(block.strip().splitlines()) <= 30
    assert served == set(paid)
    assert min(paid.values()) > 3000
