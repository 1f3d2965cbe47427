"""``python -m tools.messages collect|compile|check``: the translations.

Texts in the code are English; ``erp/locale`` holds German, French and Italian, compiled files
included, so that running needs no gettext.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polib

from tools.environment import ROOT

LOCALE = ROOT / "erp" / "locale"
LANGUAGES = ("de", "fr", "it")
LEAST = 3  # letters of an English text that no language says in one
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w+\}")


def catalogue(language: str, folder: Path = LOCALE) -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def collect(folder: Path = LOCALE) -> None:
    """Bring every text of code and templates into the catalogues; translations stay."""
    for language in LANGUAGES:
        catalogue(language, folder).parent.mkdir(parents=True, exist_ok=True)
    languages = [part for language in LANGUAGES for part in ("-l", language)]
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", *languages, "--no-location", "--no-obsolete",
         "--no-wrap", "-i", "var/*", "-i", ".venv/*", "-i", ".tools/*", "-i", "tests/*",
         "-i", "build/*", "--verbosity=0"],
        cwd=ROOT, check=True, env={**os.environ, "RAPPEN_MODE": "test"},
    )  # fmt: skip
    for language in LANGUAGES:
        _tidy(catalogue(language, folder))


def compile_all() -> None:
    for language in LANGUAGES:
        path = catalogue(language)
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def check() -> list[str]:
    """What is wrong with the translations, in words."""
    faults = []
    for language in LANGUAGES:
        path = catalogue(language)
        for entry in polib.pofile(str(path)):
            faults += [f"{language}: {fault}: {entry.msgid[:70]!r}" for fault in _faults(entry)]
        compiled = _contents(polib.mofile(str(path.with_suffix(".mo"))))
        written = _contents(polib.pofile(str(path)))
        if compiled != written:
            faults.append(f"{language}: the compiled file is older; run `make messages`")
    return faults + _uncollected()


def _contents(entries: Iterable[polib.POEntry]) -> dict[tuple[str | None, str], list[str]]:
    """What is translated, by context and text."""
    return {(e.msgctxt, e.msgid): _texts(e) for e in entries if all(_texts(e))}


def _faults(entry: polib.POEntry) -> list[str]:
    texts = _texts(entry)
    if entry.fuzzy or not all(texts):
        return ["not translated"]
    faults = []
    wanted = {frozenset(PLACEHOLDER.findall(t)) for t in (entry.msgid, entry.msgid_plural or "")}
    if any(frozenset(PLACEHOLDER.findall(text)) not in wanted for text in texts):
        faults.append("other placeholders than the English text")
    if entry.msgid_plural and not _told(texts[-1], entry.msgid_plural):
        faults.append("the plural does not say how many, as the English text does")
    if len(entry.msgid) > LEAST and any(len(text) < 2 for text in texts):
        faults.append("a single letter instead of a text")
    if any("ß" in text for text in texts):
        faults.append("ß is not used in Switzerland")
    return faults


def _told(text: str, original: str) -> bool:
    """Whether a text holds every placeholder of the original."""
    return set(PLACEHOLDER.findall(original)) <= set(PLACEHOLDER.findall(text))


def _texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _uncollected() -> list[str]:
    """Texts of the code that the catalogues do not know, found by collecting into a copy."""
    if shutil.which("xgettext") is None:
        print("gettext is not installed: whether all texts are collected was not checked",
              file=sys.stderr)  # fmt: skip
        return []
    with tempfile.TemporaryDirectory() as scratch:
        kept = Path(scratch) / "kept"
        shutil.copytree(LOCALE, kept)
        try:
            collect()
            now = {e.msgid for e in polib.pofile(str(catalogue("de")))}
        finally:
            shutil.copytree(kept, LOCALE, dirs_exist_ok=True)
        known = {e.msgid for e in polib.pofile(str(catalogue("de")))}
    return [
        f"not collected, run `make messages`: {text[:70]!r}" for text in sorted(now - known)
    ] + [f"no longer used, run `make messages`: {text[:70]!r}" for text in sorted(known - now)]


def _tidy(path: Path) -> None:
    """Sorted, without dates and tool marks, so that two collections differ only in texts."""
    book = polib.pofile(str(path), wrapwidth=0)
    language = path.parent.parent.name
    plural = "(n > 1)" if language == "fr" else "(n != 1)"
    book.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": f"nplurals=2; plural={plural};",
    }
    book.header = ""
    book.metadata_is_fuzzy = False
    for entry in book:
        entry.tcomment = entry.comment = ""
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    book.sort(key=lambda entry: entry.msgid)
    book.save(str(path))


def main(arguments: list[str]) -> int:
    if arguments == ["collect"]:
        collect()
    elif arguments == ["compile"]:
        compile_all()
    elif arguments == ["check"]:
        faults = check()
        print("\n".join(faults) or f"translations: {', '.join(LANGUAGES)} are complete")
        return 1 if faults else 0
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
