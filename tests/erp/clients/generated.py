"""A client of the endpoints that openapi-python-client makes from the document."""

from __future__ import annotations

import hashlib
import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from erp.api.document import drawn_in
from tests.erp.clients.site import ROOT

KEPT = ROOT / "build" / "clients"
#: Files come as they are; the generator knows but one type of bytes.
CONFIG = {
    "post_hooks": [],
    "content_type_overrides": dict.fromkeys(
        ("application/pdf", "application/xml", "application/zip", "image/*", "image/jpeg",
         "image/png", "*/*", "application/offset+octet-stream"), "application/octet-stream",
    ) | {"application/problem+json": "application/json"},
}  # fmt: skip


def client_package() -> tuple[str, str]:
    """Its name, ready to be imported, and what the generator had to say; kept for each document."""
    document = drawn_in("en").plain
    name = f"client_{hashlib.sha256(document).hexdigest()[:16]}"
    place, log = KEPT / name, KEPT / f"{name}.log"
    if not log.exists():
        shutil.rmtree(KEPT, ignore_errors=True)  # of documents that are no more
        KEPT.mkdir(parents=True)
        (KEPT / "openapi.json").write_bytes(document)
        (KEPT / "config.json").write_text(json.dumps(CONFIG))
        made = subprocess.run(
            [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none",
             "--path", str(KEPT / "openapi.json"), "--config", str(KEPT / "config.json"),
             "--output-path", str(place), "--overwrite"],
            capture_output=True, text=True,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
        log.write_text(made.stdout + made.stderr)
    if str(KEPT) not in sys.path:
        sys.path.insert(0, str(KEPT))
    return name, log.read_text()


class Operations:
    """Operations by their name: ``operations.contacts_create``, whatever room they are in."""

    def __init__(self, package: str) -> None:
        self._package = package
        places = Path(KEPT / package / "api").glob("*/*.py")
        self._room = {one.stem: one.parent.name for one in places if one.stem != "__init__"}

    def __getattr__(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self._package}.api.{self._room[name]}.{name}")
