"""What commands share about policies: plug-ins of one's own, and names that nobody has."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from sim.cli_output import UsageError
from sim.config import RunConfig


def add_plugin_option(parser: argparse.ArgumentParser) -> None:
    """Declare --plugin, which may be given several times."""
    parser.add_argument(
        "--plugin", type=Path, metavar="FILE", action="append", default=[], help="a Python file with policies of your own"
    )


def use_plugins(files: list[Path]) -> None:
    """Let this command and its worker processes use the policies of some files; raises ConfigError for what is wrong in them."""
    if not files:
        return
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise UsageError(
            f"--plugin {missing[0]}: no such file; name a Python file with a policy (docs/how-to/write-a-policy.md)"
        )
    from sim import api

    os.environ[api.PLUGINS_VARIABLE] = os.pathsep.join(str(path.resolve()) for path in files)
    api.policies()


def refuse_unknown_policies(*configs: RunConfig) -> None:
    """Raise ConfigError for active policies that nobody has, before anything is run."""
    if any(config.policies for config in configs):
        from sim import api

        api.refuse_unknown_policies(configs)
