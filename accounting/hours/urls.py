"""Addresses of projects and hours."""

from django.urls import path

from accounting.hours import api
from accounting.hours.views import lists, margins, projects, week

pages = [
    path("hours/", week.OwnWeek.as_view(), name="hours"),
    path("hours/people/<int:person>/", week.PersonsWeek.as_view(), name="hours-person"),
    path("hours/list/", lists.HoursList.as_view(), name="hours-list"),
    path("hours/report/", lists.HoursReport.as_view(), name="hours-report"),
    path("hours/margins/", margins.MarginsReport.as_view(), name="project-margins"),
    path("hours/margins/<int:project>/", margins.ProjectMargin.as_view(), name="project-margin"),
    path("hours/bill/", projects.ToBill.as_view(), name="hours-bill"),
    path("hours/rates/", projects.RatesPage.as_view(), name="hour-rates"),
    path("hours/projects/", projects.Projects.as_view(), name="projects"),
    path("hours/projects/<int:project>/", projects.ProjectPage.as_view(), name="project"),
    path("hours/projects/<int:project>/bill/", projects.BillProject.as_view(), name="project-bill"),
]
endpoints = api.urls
