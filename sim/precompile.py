"""Compiles the engine's kernels on two cores: two processes go through them from both ends and meet in the disk cache.

`python -m sim.precompile` does it ahead of the first run; commands that find the cache empty do it themselves.
"""

from __future__ import annotations

import subprocess
import sys


def precompile() -> None:
    """Fill the cache of kernels; returns at once where it is full."""
    from sim import kernel

    if kernel.JIT_DISABLED:
        return
    other = subprocess.Popen([sys.executable, "-m", "sim.precompile", "backwards"])
    try:
        _compile(backwards=False)
    finally:
        other.terminate() if sys.exc_info()[0] else other.wait()


def _compile(backwards: bool) -> None:
    import sim.crowd.engine  # noqa: F401  (brings every kernel of the engine)
    from sim import kernel

    kernel.compile_declared(backwards)


if __name__ == "__main__":
    if sys.argv[1:] == ["backwards"]:
        _compile(backwards=True)
    else:
        precompile()
