"""``python -m tools.common_passwords OUT LIST…``: the bundled list of passwords everybody tries.

Lists are text files with one password per line, or archives of one such file. What is at least as
long as a password must be goes in, in the form in which it is compared (NFKC, case folded), as a
part of its SHA-1: nothing can be read back.

The file in ``erp/access/passwords/data`` was made from the word list of sqlmap 1.10.10 (passwords
that were guessed from leaked hashes, and words) and the frequency lists of zxcvbn 4.5.0.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from erp.access.passwords.building import build
from erp.access.passwords.normal import MIN_LENGTH, normalised


def main(out: str, *lists: str) -> None:
    digests = {
        hashlib.sha1(word.encode()).hexdigest().upper()  # noqa: S324 - the form of the corpus
        for path in lists
        for line in _lines(Path(path))
        if len(word := normalised(line).casefold()) >= MIN_LENGTH
    }
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as source:
        source.writelines(f"{digest}:1\n" for digest in sorted(digests))
        source.flush()
        built = build(Path(source.name), Path(out))
    print(f"{built.entries} passwords, {built.size} bytes")


def _lines(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            content = archive.read(archive.namelist()[0])
    return iter(content.decode("utf-8", "replace").splitlines())


if __name__ == "__main__":
    main(*sys.argv[1:])
