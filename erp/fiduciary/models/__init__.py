"""Table of contents: the tables of the fiduciary's room."""

from erp.fiduciary.models.base import FirmOwned, OfClient
from erp.fiduciary.models.checklists import Check, ChecklistItem, ChecklistStep, ChecklistTemplate
from erp.fiduciary.models.mandates import MandateFigures, MandateSetting
from erp.fiduciary.models.questions import Question, QuestionMessage

__all__ = [
    "Check",
    "ChecklistItem",
    "ChecklistStep",
    "ChecklistTemplate",
    "FirmOwned",
    "MandateFigures",
    "MandateSetting",
    "OfClient",
    "Question",
    "QuestionMessage",
]
