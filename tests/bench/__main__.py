"""`make bench`: measure, print the table of bars, write outputs/bench.json."""

from __future__ import annotations

from tests.bench.bench import main

if __name__ == "__main__":
    main()
