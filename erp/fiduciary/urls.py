"""Addresses of the cockpit."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework.routers import SimpleRouter

from erp.fiduciary.api import CockpitViewSet, FirmClientViewSet
from erp.fiduciary.bulk_pages import Batch, Batches
from erp.fiduciary.checklist_api import ChecklistTemplateViewSet, ClientChecklistViewSet
from erp.fiduciary.checklist_pages import Checklists, TemplatePage
from erp.fiduciary.firm_api import FirmBatchViewSet, MandateTemplateViewSet, MandateTimeViewSet
from erp.fiduciary.question_api import QuestionViewSet
from erp.fiduciary.question_pages import NewQuestion, QuestionFile, QuestionPage, Questions
from erp.fiduciary.time_pages import MandateTemplates, Times
from erp.fiduciary.views import CockpitPage, MandatePage

router = SimpleRouter()
router.register("questions", QuestionViewSet, basename="questions")

#: Of a firm: ``/firms/{firm}/…`` and ``/api/v1/firms/{firm}/…``.
firm_pages = [
    path("cockpit/", CockpitPage.as_view(), name="firm-cockpit"),
    path("clients/<int:company>/", MandatePage.as_view(), name="firm-mandate"),
    path("checklists/", Checklists.as_view(), name="firm-checklists"),
    path("checklists/templates/new/", TemplatePage.as_view(), name="firm-checklist-new"),
    path("batches/", Batches.as_view(), name="firm-batches"),
    path("batches/<int:batch>/", Batch.as_view(), name="firm-batch"),
    path("times/", Times.as_view(), name="firm-times"),
    path("templates/", MandateTemplates.as_view(), name="firm-templates"),
    path("checklists/templates/<int:template>/", TemplatePage.as_view(), name="firm-checklist"),
]
firm_endpoints = [
    path("cockpit/", CockpitViewSet.as_view({"get": "read"}), name="api-firm-cockpit"),
    path("clients/<int:company>/",
         FirmClientViewSet.as_view({"get": "read", "post": "answer_for"}), name="api-firm-client"),
    path("batches/", FirmBatchViewSet.as_view({"get": "list", "post": "begin"}),
         name="api-firm-batches"),
    path("batches/<int:batch>/", FirmBatchViewSet.as_view({"get": "read"}), name="api-firm-batch"),
    path("batches/<int:batch>/files/", FirmBatchViewSet.as_view({"get": "files"}),
         name="api-firm-batch-files"),
    path("times/", MandateTimeViewSet.as_view({"get": "list", "post": "enter"}),
         name="api-firm-times"),
    path("times/billed/", MandateTimeViewSet.as_view({"post": "bill"}),
         name="api-firm-times-billed"),
    path("times/<int:row>/take-back/", MandateTimeViewSet.as_view({"post": "take_back"}),
         name="api-firm-time-take-back"),
    path("mandate-templates/<int:template>/delete/",
         MandateTemplateViewSet.as_view({"post": "throw_away"}),
         name="api-firm-mandate-template-delete"),
    path("mandate-templates/", MandateTemplateViewSet.as_view({"get": "list", "post": "take"}),
         name="api-firm-mandate-templates"),
    path("mandate-templates/<int:template>/apply/",
         MandateTemplateViewSet.as_view({"post": "apply"}), name="api-firm-mandate-template-apply"),
    path("checklist-templates/", ChecklistTemplateViewSet.as_view({"get": "list", "post": "keep"}),
         name="api-firm-checklist-templates"),
    path("checklist-templates/<int:template>/",
         ChecklistTemplateViewSet.as_view({"get": "read", "put": "change"}),
         name="api-firm-checklist-template"),
    path("clients/<int:company>/checklist/",
         ClientChecklistViewSet.as_view({"get": "list", "post": "add"}),
         name="api-firm-checklist"),
    path("clients/<int:company>/checklist/begin/", ClientChecklistViewSet.as_view({"post": "begin"}),
         name="api-firm-checklist-begin"),
    path("clients/<int:company>/checklist/<int:item>/",
         ClientChecklistViewSet.as_view({"post": "sign"}), name="api-firm-checklist-item"),
]  # fmt: skip
pages = [
    path("questions/", Questions.as_view(), name="questions"),
    path("questions/new/", NewQuestion.as_view(), name="question-new"),
    path("questions/<int:question>/", QuestionPage.as_view(), name="question"),
    path("questions/<int:question>/files/<int:message>/", QuestionFile.as_view(),
         name="question-file"),
]  # fmt: skip
endpoints: list[Any] = [*router.urls]
