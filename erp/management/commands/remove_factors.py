"""``manage.py remove_factors EMAIL``: for somebody who lost phone, key and recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from erp.access.models import User
from erp.access.sign_in import ending
from erp.access.sign_in.events import Kind, note
from erp.cockpit.recovery import end_by_operator


class Command(BaseCommand):
    help = (
        "Removes all second factors of a person, ends their sessions and tells them by mail. Prove "
        "first, by another way than the sign-in, who asks for it."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            user = User.objects.select_for_update().filter(email=options["email"].lower()).first()
            if user is None:
                raise CommandError(f"Nobody signs in with {options['email']}.")
            removed = Authenticator.objects.filter(user=user).delete()[0]
            ending.end_all(user)
            note(user, Kind.FACTOR_REMOVED, by="operator")
            end_by_operator(user)
        with translation.override(user.language):
            EmailMessage(
                "Rappen: " + _("Second factor removed"),
                _("Whoever runs Rappen removed all your second factors, because somebody asked for "
                  "it in your name. If it was not you, tell an owner of your company at once."),
                to=[user.email],
            ).send()  # fmt: skip
        self.stdout.write(f"{removed} factors of {user.email} are removed.")
