"""The return as a file for the tax office's portal (eCH-0217 v2.0.0): written, and checked before.

Pure functions over ``Declaration``; nothing here asks the database.
"""

from vat.returns.ech0217.head import Head, Submission
from vat.returns.ech0217.rules import refusals
from vat.returns.ech0217.writing import written

__all__ = ["Head", "Submission", "refusals", "written"]
