"""The base of endpoints outside of a company."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.request import Request

from erp.access.models import User
from erp.access.sign_in.stepup import is_fresh
from erp.api.authentication import bearer_in
from erp.api.endpoints import OneTransaction, session_of
from erp.api.idempotency import Personal
from erp.api.permissions import StepUpNeeded


class PersonalViewSet(OneTransaction):
    """Endpoints outside of a company: ``/api/v1/me/…``, ``firms/…``, ``installation/…``.

    App tokens enter none but the actions ``for_tokens``: each is for its own company. Actions in
    ``step_up`` want the second factor used minutes ago. A key of a write is its sender's, in the
    firm that the address names.
    """

    takes_keys: ClassVar[bool] = True
    step_up: ClassVar[frozenset[str]] = frozenset()
    for_tokens: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if bearer_in(request) is not None and self.action not in self.for_tokens:
            raise PermissionDenied
        self.admit(request)
        if self.action is None:  # nothing here answers to the method, whoever asks
            raise MethodNotAllowed(request.method or "")
        if self.action in self.step_up and not is_fresh(session_of(request)):
            raise StepUpNeeded
        self.keep_once(Personal(self.person, self.kwargs.get("firm")))

    def admit(self, request: Request) -> None:
        """Raise where somebody may not do this at all, before a kept answer is told again."""

    @property
    def person(self) -> User:
        return cast(User, self.request.user)
