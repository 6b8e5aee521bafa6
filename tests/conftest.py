"""Properties are never timed, and a plain run tries the same examples each time: what CI refuses can be seen again.

`make test-all` looks further: HYPOTHESIS_PROFILE=searching draws new examples.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("fixed", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
