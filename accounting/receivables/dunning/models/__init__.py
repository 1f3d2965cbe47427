"""What dunning stores."""

from accounting.receivables.dunning.models.levels import (
    Channel,
    DunningFee,
    DunningLevel,
    DunningProcedure,
    DunningText,
    Interest,
)
from accounting.receivables.dunning.models.runs import (
    DunningNotice,
    DunningNoticeItem,
    DunningRun,
)
from accounting.receivables.dunning.models.stops import CustomerDunning, ItemStop, StopKind

__all__ = [
    "Channel",
    "CustomerDunning",
    "DunningFee",
    "DunningLevel",
    "DunningNotice",
    "DunningNoticeItem",
    "DunningProcedure",
    "DunningRun",
    "DunningText",
    "Interest",
    "ItemStop",
    "StopKind",
]
