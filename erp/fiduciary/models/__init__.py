"""Table of contents: the tables of the fiduciary's room."""

from erp.fiduciary.models.base import FirmOwned, OfClient
from erp.fiduciary.models.batches import FirmBatch, FirmBatchPart, MandateTime
from erp.fiduciary.models.checklists import Check, ChecklistItem, ChecklistStep, ChecklistTemplate
from erp.fiduciary.models.mandates import MandateFigures, MandateSetting
from erp.fiduciary.models.questions import Question, QuestionMessage
from erp.fiduciary.models.templates import MandateTemplate

__all__ = [
    "Check",
    "ChecklistItem",
    "ChecklistStep",
    "ChecklistTemplate",
    "FirmBatch",
    "FirmBatchPart",
    "FirmOwned",
    "MandateFigures",
    "MandateSetting",
    "MandateTemplate",
    "MandateTime",
    "OfClient",
    "Question",
    "QuestionMessage",
]
