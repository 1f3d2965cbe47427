"""Pages of rules: the list in its order, a new one, changing and trying one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.banking.models import BankRule, BankTransaction
from accounting.banking.reconciling.learning import learnt
from accounting.banking.reconciling.offering import choices_of
from accounting.banking.rules import keeping
from accounting.banking.rules.applying import dry_run
from accounting.banking.rules.forms import RuleForm, begun_with, drawn_from
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell

STEPS = {"up": -1, "down": 1}


class RuleView(CompanyView):
    """What pages of rules have in common."""

    permission = Permission.BANKING_READ
    permissions = {"POST": Permission.BANKING_POST}
    help_page = "bank-rules"

    def rule(self) -> BankRule:
        rows = keeping.rules_of(self.company).select_related("company")
        found: BankRule = get_object_or_404(rows, pk=self.kwargs["rule"])
        return found


class BankRules(RuleView):
    """``/c/{company}/banking/rules/``: all rules in their order; POST moves one up or down."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context = {"page_title": _("Rules"), "rules": keeping.rules_of(self.company)}
        return render(request, "accounting/banking/rules/list.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule = get_object_or_404(
            BankRule.of(self.company).select_related("company"), pk=id_of(request.POST.get("rule"))
        )
        keeping.move(rule, by=STEPS.get(request.POST.get("move", ""), 0), doer=self.access.user)
        return redirect("bank-rules", self.company.pk)


class RuleMask(RuleView):
    """A rule in its mask: POST saves it, with ``try`` it says which lines it would take."""

    def begun(self) -> tuple[BankRule, dict[str, Any]]:
        """The rule, and what its mask shows to begin with."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule, initial = self.begun()
        return self._show(rule, RuleForm(company=self.company, initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule, _initial = self.begun()
        if "remove" in request.POST and rule.pk:
            keeping.remove_rule(rule, by=self.access.user)
            messages.success(request, _("The rule is removed. What it booked stays."))
            return redirect("bank-rules", self.company.pk)
        form = RuleForm(request.POST, company=self.company)
        if not form.is_valid():
            return refused(request, self._show(rule, form))
        try:
            form.applied(rule)
            if "try" in request.POST:
                keeping.require_sense(rule)
                return self._show(rule, form, tried=dry_run(self.company, rule))
            keeping.save_rule(rule, by=self.access.user)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(self.begun()[0], form))
        messages.success(request, _("The rule is saved."))
        return redirect("bank-rules", self.company.pk)

    def _show(self, rule: BankRule, form: RuleForm, tried: Any = None) -> HttpResponse:
        context = {
            "page_title": rule.name if rule.pk else _("New rule"), "rule": rule, "form": form,
            "tried": tried, **choices_of(self.company),
        }  # fmt: skip
        return render(self.request, "accounting/banking/rules/rule.html", context)


class NewRule(RuleMask):
    """``/c/{company}/banking/rules/new/?line=``: a rule, drawn from a line of the bank."""

    def begun(self) -> tuple[BankRule, dict[str, Any]]:
        rule, told = BankRule(company=self.company), dict[str, Any](is_active=True)
        if self.request.GET.get("line"):
            rows = BankTransaction.of(self.company)
            movement = get_object_or_404(rows, pk=id_of(self.request.GET["line"]))
            told = drawn_from(movement)
            past = learnt(self.company, [movement]).get(movement.pk)
            if past is not None:
                contra = past.contra
                told |= {"account": contra.account, "vat_code": contra.vat_code,
                         "cost_centre": contra.cost_centre, "cost_object": contra.cost_object}  # fmt: skip
        if self.request.GET.get("account"):
            told["account"] = self.request.GET["account"][:10]
        return rule, told


class RulePage(RuleMask):
    """``/c/{company}/banking/rules/{rule}/``: change, try or remove a rule."""

    def begun(self) -> tuple[BankRule, dict[str, Any]]:
        rule = self.rule()
        return rule, begun_with(rule)
