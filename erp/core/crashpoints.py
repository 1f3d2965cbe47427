"""Places where tests may kill the process (Absturzstellen), to prove that nothing is half done.

They exist in test mode only; a start in any other mode with ``RAPPEN_CRASH_AT`` set is refused.
"""

from __future__ import annotations

import os
import signal
from typing import Final

POINTS: Final = frozenset(
    {
        "handover.written",
        "handover.noted",
        "handover.proven",
        "closing.held",
        "closing.closed",
        "posting.written",
        "posting.sealed",
        "import.checked",
        "import.sealed",
        "statement.taken",
        "job.worked",
        "job.moved",
        "job.stepped",
        "mail.taken",
        "mail.data",
        "mail.delivered",
        "webhook.taken",
        "webhook.told",
        "payroll.hired",
        "payroll.reckoned",
        "payroll.posted",
        "payroll.paid",
    }
)
_armed = ""


def arm(name: str) -> None:
    """Die at this point when it is reached. Raises ``ValueError`` for an unknown one."""
    global _armed
    if name not in POINTS:
        raise ValueError(f"{name} is no crash point; there are {', '.join(sorted(POINTS))}")
    _armed = name


def reach(name: str) -> None:
    """Named in the acts themselves; does nothing unless it was armed."""
    if name == _armed:
        os.kill(os.getpid(), signal.SIGKILL)
