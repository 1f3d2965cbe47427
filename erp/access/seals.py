"""What hash chains call people, for queries: see ``User.seal_number``, which is the same for one."""

from __future__ import annotations

from erp.companies.models import Company


def seal_number(column: str) -> str:
    """The SQL of the number of whom ``column`` names; ``u`` is their row, ``sealing`` its parameters."""
    return f"CASE WHEN u.came_with_id = %(company)s THEN u.sealed_as ELSE %(people_above)s + {column} END"


def sealing(company: Company) -> dict[str, int]:
    """The parameters that ``seal_number`` asks for."""
    return {"company": company.pk, "people_above": company.people_above}
