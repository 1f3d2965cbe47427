"""The year, and withholding tax by month, in the structure of ELM 5.0 (einheitliches Lohnmeldeverfahren).

An export, without certification: it is valid against the schema 20200220 and is not sent, for sending takes
the certificate of Swissdec, which this program does not have.
"""

from payroll.declarations.elm.declaring import Declaration, declaration_of
from payroll.declarations.elm.surveyed import AGREEMENTS, Survey, survey_of, written_survey
from payroll.declarations.elm.taxed import Message, message_of
from payroll.declarations.elm.taxing import written_month
from payroll.declarations.elm.writing import written

__all__ = [
    "AGREEMENTS",
    "Declaration",
    "Message",
    "Survey",
    "declaration_of",
    "message_of",
    "survey_of",
    "written",
    "written_month",
    "written_survey",
]
