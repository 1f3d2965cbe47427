"""Asking a publisher in the background, when an operator wants it now."""

from __future__ import annotations

from collections import Counter
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.core import clock
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.reference import updating

UPDATE: Final = "reference.update"


@job(UPDATE, title=gettext_lazy("Ask for reference data"), permission=None)
def ask(job: Running, cursor: Cursor) -> Next | Done:
    """Ask ``source`` for one file after the other; what is refused ends it, and is told."""
    name, today = job.arguments["source"], clock.today()
    if "paths" not in cursor:
        updating.activate_due(today, only=name)
        paths = updating.paths(name, on=today)
        return Next({"paths": paths, "at": 0, "states": {}}, done=0, total=len(paths),
                    message=_("The publisher is asked …"))  # fmt: skip
    paths, at = cursor["paths"], cursor["at"]
    states: Counter[str] = Counter(cursor["states"])
    if at < len(paths):
        outcome = updating.ask(name, paths[at], on=today)
        if outcome.refusal is not None:
            job.log(str(outcome.refusal))
            return Done({"states": {**states, outcome.state: 1}}, _("Refused: see the log."))
        states[outcome.state] += 1
        return Next({"paths": paths, "at": at + 1, "states": dict(states)}, done=at + 1,
                    total=len(paths))  # fmt: skip
    taken = states["active"] + states["staged"]
    told = _("Editions taken in: %(count)s.") % {"count": taken} if taken else _("Nothing new.")
    return Done({"states": dict(states)}, told)
