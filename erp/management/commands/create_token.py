"""``manage.py create_token --email E --company 1 --scopes ledger.read --days 30``: a program's key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import Http404

from erp.access.gate import Access, NobodyToActFor, access_to, operating
from erp.access.models import User
from erp.cockpit.tokens import create_token
from erp.companies.models import Company
from erp.core.errors import DomainError

ALL = "all"


class Command(BaseCommand):
    help = (
        "Makes an app token for a member of a company and prints it, alone on its line: it is kept "
        "nowhere else. It never has more rights than the member."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--email", required=True, help="the member it is for")
        parser.add_argument("--company", required=True, help="number or short name")
        parser.add_argument(
            "--scopes", required=True,
            help="rights, as ledger.read,ledger.post; or all that the member has now",
        )  # fmt: skip
        parser.add_argument("--days", type=int, default=30, help="1 to 366")
        parser.add_argument("--name", default="manage.py create_token")

    def handle(self, *args: Any, **options: Any) -> None:
        told = {scope.strip() for scope in options["scopes"].split(",")} - {""}
        name = options["name"].strip()
        if not 0 < len(name) <= 60:
            raise CommandError("A token's name has 1 to 60 characters.")
        try:
            with operating(options["company"]) as here:
                access = self._access(here.company, options["email"])
                scopes = access.granted if told == {ALL} else told
                _token, secret = create_token(
                    access, name=name, scopes=scopes, days=options["days"]
                )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(secret)

    def _access(self, company: Company, email: str) -> Access:
        """What the person may do there now, by whatever way."""
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise NobodyToActFor(email=email)
        try:
            return access_to(company.pk, user=user)
        except Http404:
            raise NobodyToActFor(email=email) from None
