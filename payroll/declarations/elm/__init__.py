"""The year in the structure of ELM 5.0 (einheitliches Lohnmeldeverfahren): an export, without certification.

It is valid against the schema 20200220 and is not sent: sending takes the certificate of Swissdec, which
this program does not have. Withholding tax by month and statistics are not part of it.
"""

from payroll.declarations.elm.declaring import Declaration, declaration_of
from payroll.declarations.elm.writing import written

__all__ = ["Declaration", "declaration_of", "written"]
