"""The command line: `galleria ...` and `python -m sim ...` are the same."""

from __future__ import annotations

import sys

from sim.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
