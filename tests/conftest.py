"""What holds for every test: how it searches for counterexamples, and that what it starts can be interrupted.

A search is the same each time as the judge, at random and for long as ``make fuzz``. Belongs here: hypothesis's
profiles. Does not belong here: how many examples one test takes (``examples``).
"""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# A change is judged by itself: not by how busy the machine is, nor by what an earlier run left behind.
settings.register_profile(
    "judge", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fuzz", settings.get_profile("judge"), derandomize=False, max_examples=2000, print_blob=True)
settings.load_profile("judge")

# A shell's background jobs are born deaf to Ctrl-C, and so would be each command that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
