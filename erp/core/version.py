"""The version of the program, as files and other systems are told. It is that of pyproject.toml."""

from typing import Final

VERSION: Final = "0.1.0"
