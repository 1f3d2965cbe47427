"""What files are called in HTTP (Dateitypen)."""

from __future__ import annotations

from typing import Final

CSV: Final = "text/csv; charset=utf-8"
PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
