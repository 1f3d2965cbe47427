"""``deploy`` and the guides: every file, unit, secret, setting and command that they name is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from fnmatch import fnmatch
from importlib.util import find_spec

import pytest
import yaml
from django.core.management import get_commands

from tools.environment import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
GUIDES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    DEPLOY / "README.md",
]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
#: For systemd, programs of the system, or of other projects.
OTHERS = {"NAME", "X", "shell"}


def of_compose():
    return COMPOSE["services"].items()


@pytest.mark.parametrize(
    "path",
    [*GUIDES, *UNITS, DEPLOY / "compose.yaml", DEPLOY / "Containerfile"],
    ids=lambda p: p.name,
)
def test_every_command_that_is_named_exists(path):
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"manage\.py ([a-z][a-z_]+)\b(?!\.)", text)) - OTHERS
    assert named <= set(get_commands()), named - set(get_commands())
    for module in set(re.findall(r"-m (tools\.[a-z_]+)", text)):
        assert find_spec(module), module
    for script in set(re.findall(r"(?:/opt/rappen/|\bsh |\./)(deploy/[\w./-]+\.sh)", text)):
        assert (ROOT / script).exists(), script


def test_every_setting_is_in_a_guide_and_each_guide_names_settings_that_exist():
    code = "\n".join(
        p.read_text(encoding="utf-8") for p in [ROOT / "erp" / "settings.py", *(ROOT / "tools").rglob("*.py"),
                                                *(ROOT / "erp").rglob("create_*.py"),
                                                *(ROOT / "erp").rglob("add_user.py"), *(ROOT / "tests").glob("*.py")]
    )  # fmt: skip
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"(RAPPEN_\w+|PORT|REDIS_URL)"', code))
    guides = "\n".join(path.read_text(encoding="utf-8") for path in GUIDES)
    for_tests = {
        "RAPPEN_CRASH_AT",
        "RAPPEN_CLOCK_AT",
        "RAPPEN_WEBHOOK_TRUST",
        "RAPPEN_JOB_KINDS",
        "RAPPEN_MAIL_KINDS",
    }
    shortened = {name for name in read if f"…_{name.rpartition('_')[2]}" in guides}
    assert read - for_tests - shortened - set(re.findall(r"\w+", guides)) == set()
    told = set(re.findall(r"\bRAPPEN_[A-Z_]+[A-Z]\b", guides))
    everything = code + "\n".join(
        p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("*.py")
    )
    assert {name for name in told if name not in everything} == set()


def test_the_composition_holds_together(tmp_path):
    subprocess.run(
        ["sh", DEPLOY / "make-secrets.sh", tmp_path / "secrets"], check=True, capture_output=True
    )
    for name, about in COMPOSE["secrets"].items():
        assert about["file"] == f"./secrets/{name}"
        assert (tmp_path / "secrets" / name).read_text().strip(), name
    entrypoint = (DEPLOY / "entrypoint.sh").read_text()
    for name, service in of_compose():
        given = set(service.get("secrets", []))
        assert given <= set(COMPOSE["secrets"]), name
        for key, value in service.get("environment", {}).items():
            if key.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in given, (name, key)
                assert name == "postgres" or key.removesuffix("_FILE") in entrypoint, key
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"]), name
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"]), name
        for place in service.get("volumes", []):
            there = place.partition(":")[0]
            assert there in COMPOSE["volumes"] or (DEPLOY / there).exists(), place
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
            target = service["build"].get("target")
            assert not target or f" AS {target}\n" in (DEPLOY / "Containerfile").read_text()
    assert {"no", "unless-stopped"} == {service["restart"] for _name, service in of_compose()}


def test_the_image_copies_what_is_there_and_let_in():
    allowed = [
        line[1:]
        for line in (DEPLOY / "Containerfile.dockerignore").read_text().split()
        if line[:1] == "!"
    ]
    stages = set()
    for line in (DEPLOY / "Containerfile").read_text().splitlines():
        if found := re.match(r"FROM (\S+)(?: AS (\S+))?", line):
            assert found[1].startswith("debian:") or found[1] in stages, line
            stages.add(found[2])
        if found := re.match(r"COPY --from=(\S+)", line):
            assert found[1] in stages, line
        elif line.startswith("COPY "):
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), line
                assert any(
                    fnmatch(source, one) or source.startswith(f"{one}/") for one in allowed
                ), line


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_what_is_there(unit, tmp_path):
    text = unit.read_text(encoding="utf-8")
    for other in set(re.findall(r"\brappen-[a-z-]+\.(?:service|timer)\b", text)):
        assert (DEPLOY / "systemd" / other).exists(), other
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").exists()
    for program in re.findall(r"^Exec\w+=/opt/rappen/(\S+)", text, re.MULTILINE):
        assert (ROOT / program).exists(), program
    for file in re.findall(r"^EnvironmentFile=/etc/rappen/(\S+)", text, re.MULTILINE):
        assert f"{file}" in (DEPLOY / "README.md").read_text(encoding="utf-8"), file
    if shutil.which("systemd-analyze"):
        for one in UNITS:
            (tmp_path / one.name).write_text(one.read_text().replace("/opt/rappen", str(ROOT)))
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
            capture_output=True,
            text=True,
        )
        wrong = [line for line in done.stderr.splitlines() if unit.name in line]
        assert wrong == [], wrong
