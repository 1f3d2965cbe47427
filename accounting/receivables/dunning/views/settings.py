"""Procedures, levels and texts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.receivables.dunning import gathering, levels
from accounting.receivables.dunning.forms import LevelForm, ProcedureForm
from accounting.receivables.dunning.models import DunningLevel, DunningProcedure
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, refused, tell


class SettingsView(CompanyView):
    """What pages of settings have in common."""

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_SETTINGS}
    help_page = "dunning-settings"

    def procedure(self) -> DunningProcedure:
        rows = DunningProcedure.of(self.company).select_related("company")
        found: DunningProcedure = get_object_or_404(rows, pk=self.kwargs["procedure"])
        return found


class DunningSettings(SettingsView):
    """``/c/{company}/receivables/dunning/settings/``: all procedures; begin, or add one."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        try:
            if "set_up" in request.POST:
                levels.set_up(self.company, by=self.access.user)
                return redirect("dunning-settings", self.company.pk)
            if form.is_valid():
                made = levels.save_procedure(company=self.company, by=self.access.user,
                                             **form.cleaned_data)  # fmt: skip
                return redirect("dunning-procedure", self.company.pk, made.pk)
        except DomainError as refusal:
            tell(form, refusal)
        return refused(request, self._show(request, form))

    def _form(self, *data: Any) -> ProcedureForm:
        return ProcedureForm(*data, instance=DunningProcedure(company=self.company))

    def _show(self, request: HttpRequest, form: ProcedureForm) -> HttpResponse:
        context = {"page_title": _("Dunning levels"), "form": form,
                   "procedures": gathering.procedures(self.company)}  # fmt: skip
        return render(request, "accounting/receivables/dunning/settings.html", context)


class ProcedurePage(SettingsView):
    """``…/settings/{procedure}/``: change it, add a level, delete it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, ProcedureForm(instance=self.procedure()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        procedure, by = self.procedure(), self.access.user
        form = ProcedureForm(request.POST, instance=self.procedure())
        try:
            if "delete" in request.POST:
                levels.delete_procedure(procedure, by=by)
                return redirect("dunning-settings", self.company.pk)
            if "add" in request.POST:
                level = levels.add_level(procedure, by=by)
                return redirect("dunning-level", self.company.pk, level.pk)
            if form.is_valid():
                levels.save_procedure(company=self.company, by=by, procedure=procedure,
                                      **form.cleaned_data)  # fmt: skip
                messages.success(request, _("The settings are saved."))
                return redirect("dunning-procedure", self.company.pk, procedure.pk)
        except DomainError as refusal:
            if {"delete", "add"} & set(request.POST):
                messages.error(request, str(refusal))
            else:
                tell(form, refusal)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: ProcedureForm) -> HttpResponse:
        pk = self.kwargs["procedure"]
        found = next(one for one in gathering.procedures(self.company) if one.pk == pk)
        context = {"page_title": str(found), "procedure": found, "form": form}
        return render(request, "accounting/receivables/dunning/procedure.html", context)


class LevelPage(SettingsView):
    """``…/settings/levels/{level}/``: days, fee, interest and texts of a level."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, LevelForm(instance=self._level()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        level, by = self._level(), self.access.user
        form = LevelForm(request.POST, instance=self._level())
        where = "dunning-procedure", self.company.pk, level.procedure_id
        try:
            if "delete" in request.POST:
                levels.delete_level(level, by=by)
                return redirect(*where)
            if form.is_valid():
                levels.save_level(level, by=by, **form.told())
                messages.success(request, _("The settings are saved."))
                return redirect(*where)
        except DomainError as refusal:
            if "delete" in request.POST:
                messages.error(request, str(refusal))
            else:
                refusal.place = form.place(refusal.place)
                tell(form, refusal)
        return refused(request, self._show(request, form))

    def _level(self) -> DunningLevel:
        rows = DunningLevel.of(self.company).select_related("procedure", "company")
        found: DunningLevel = get_object_or_404(rows, pk=self.kwargs["level"])
        return found

    def _show(self, request: HttpRequest, form: LevelForm) -> HttpResponse:
        level = self._level()
        context = {"page_title": _("Level %s") % level.step, "level": level, "form": form}
        return render(request, "accounting/receivables/dunning/level.html", context)
