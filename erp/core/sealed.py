"""Columns that only the program can read (versiegelte Felder): personal data, unreadable in a dump.

A ``SealedField`` holds one value of a type (a frozen dataclass of texts, Decimals, dates, other
such values), which goes to the database as sealed text. The seal names table, column and row, so
that what was moved to another row does not open::

    class Employee(Sealed, CompanyOwned):
        personal = SealedField(Personal)

Nothing inside can be searched or sorted by the database; that is what it is for. Long values are
compressed (Zstandard) before they are sealed: afterwards nothing can.
"""

from __future__ import annotations

import sys
import uuid
from functools import lru_cache
from typing import Any, Final

import msgspec
from django.apps import apps
from django.db import models
from django.db.models.functions import Cast

from erp.core import vault
from erp.core.bulk import update_rows

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LONG: Final = 1_000  # bytes of JSON that are worth compressing
COMPRESSED: Final = b"\x28\xb5\x2f\xfd"  # how a frame begins (RFC 8878, 3.1.1), and JSON never does
_compressor: Final = zstd.ZstdCompressor(level=1)


class Sealed(models.Model):
    """A client's row with sealed columns. ``seal_id`` is what their seals call it; no two rows share one."""

    seal_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)

    class Meta:
        abstract = True


class _Shut(str):
    """A text as the database gave it; it is opened when somebody asks."""

    __slots__ = ()


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A value of ``kind``, or ``bytes`` as they are, sealed. Only for models that are ``Sealed``.

    Migrations know it as a text: of what kind its value is concerns the program alone.
    """

    _pyi_private_get_type: Any  # what a row holds is of ``kind``, which no type checker knows
    _pyi_private_set_type: Any

    def __init__(self, kind: Any = None, **options: Any) -> None:
        self.kind = kind
        super().__init__(**options)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opening(self))

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return None if value is None else _Shut(value)

    def pre_save(self, model_instance: Any, add: bool) -> str | None:
        return self.at_rest(model_instance)

    def at_rest(self, row: Any) -> str | None:
        """A row's value as the database is to hold it."""
        value = row.__dict__.get(self.attname)
        if value is None or isinstance(value, _Shut):
            return value
        content = (
            value
            if self.kind is bytes
            else packed(msgspec.json.encode(value, order="deterministic"))
        )
        return _Shut(vault.seal_bytes(content, place=self.place(row)))

    def get_prep_value(self, value: Any) -> Any:
        if value is not None and not isinstance(value, _Shut):
            raise TypeError(f"{self.name} is sealed row by row: save the row, or bulk_create it")
        return None if value is None else str(value)

    def value_to_string(self, obj: Any) -> str:
        raise TypeError(f"{self.name} is sealed and leaves by no serializer")

    def place(self, row: Any) -> str:
        """What the seal of a row's column names."""
        return self.place_of(row.company_id, row.seal_id)

    def place_of(self, company: int, seal: uuid.UUID | str) -> str:
        """As ``place``, of a row that is known by its client's number and its ``seal_id``."""
        return f"{self.model._meta.db_table}.{self.column}:{company}:{seal}"

    def opened(self, row: Any, text: str) -> Any:
        """The value of a sealed text. Raises ``vault.CannotOpen``."""
        return self.opened_at(self.place(row), text)

    def opened_at(self, place: str, text: str) -> Any:
        """As ``opened``, of a text that was read without its row: see ``place_of``."""
        plain = vault.unseal_bytes(text, place=place)
        return plain if self.kind is bytes else _decoder(self.kind).decode(unpacked(plain))

    def sealed_at(self, place: str, written: bytes) -> str:
        """The sealed text of a value that is written as JSON already: see ``place_of``."""
        return vault.seal_bytes(packed(written), place=place)

    def glimpse(self, row: Any, kind: Any) -> Any:
        """A part of a row's value as ``kind`` has it: what that does not name is skipped, not read."""
        held = row.__dict__[self.attname]
        if isinstance(held, _Shut):
            return self.glimpse_at(self.place(row), held, kind)
        return _decoder(kind).decode(msgspec.json.encode(held))

    def glimpse_at(self, place: str, text: str, kind: Any) -> Any:
        """As ``glimpse``, of a text that was read without its row: see ``place_of``."""
        return decoded(self.written_at(place, text), kind)

    def written(self, row: Any) -> bytes:
        """A row's value byte by byte as it was written before it was sealed, opened or not."""
        value = getattr(row, self.attname)
        text = row.__dict__.get(f"_shut_{self.attname}")
        if text is None:  # it was set meanwhile
            return msgspec.json.encode(value, order="deterministic")
        return self.written_at(self.place(row), text)

    def written_at(self, place: str, text: str) -> bytes:
        """A value as it was written before it was sealed: JSON."""
        return unpacked(vault.unseal_bytes(text, place=place))


def as_text(name: str) -> Cast:
    """A column as its plain text, for rows that are read by ``values_list`` and opened by ``opened_at``."""
    return Cast(name, models.TextField())


def packed(content: bytes) -> bytes:
    """JSON as it is sealed: compressed if it is long."""
    if len(content) < LONG:
        return content
    return _compressor.compress(content, mode=zstd.ZstdCompressor.FLUSH_FRAME)


def unpacked(content: bytes) -> bytes:
    """The JSON again, whether it was compressed or not."""
    return zstd.decompress(content) if content.startswith(COMPRESSED) else content


def decoded(written: bytes, kind: Any) -> Any:
    """What ``kind`` names of a value that is written as JSON."""
    return _decoder(kind).decode(written)


@lru_cache(maxsize=100)
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Made once for a kind: to learn its fields takes longer than to read a value."""
    return msgspec.json.Decoder(kind)


class _Opening:
    """The attribute of a sealed column: opened at the first look, kept open afterwards."""

    def __init__(self, field: SealedField) -> None:
        self.field = field
        self.shut = f"_shut_{field.attname}"  # what it was opened from

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        held = row.__dict__
        name = self.field.attname
        if name not in held:
            held[name] = self._read(row)
        if isinstance(held[name], _Shut):
            if self.field.kind is not bytes:
                held[self.shut] = held[name]
            held[name] = self.field.opened(row, held[name])
        return held[name]

    def _read(self, row: Any) -> str | None:
        """What the database holds of a column that was left out."""
        found = type(row)._base_manager.filter(pk=row.pk).values_list(as_text(self.field.name))
        (text,) = found.get()
        return None if text is None else _Shut(text)

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__.pop(self.shut, None)
        row.__dict__[self.field.attname] = value


def sealed_fields() -> list[SealedField]:
    """All sealed columns of the program, in the order of its models."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedField)
    ]


AT_ONCE: Final = 500  # rows of a step
FILES_AT_ONCE: Final = 5  # of bytes, which may be as large as an upload


def seal_anew(field: SealedField, company: int) -> tuple[int, list[int]]:
    """Seal a column of an open company's rows under the key of today: how many were, and which stay shut.

    ``company`` is the client's number. Rows are held meanwhile, so that nobody's change is lost. What
    is current stays as it is, so that it may run again. What is sealed stays byte by byte as it was written.
    """
    rows = field.model._default_manager.filter(company=company).order_by("pk")
    rows = rows.select_for_update(no_key=True).only("pk", "company_id", "seal_id", field.name)
    done, shut, after = 0, list[int](), 0
    most = FILES_AT_ONCE if field.kind is bytes else AT_ONCE
    while found := list(rows.filter(pk__gt=after)[:most]):
        after = found[-1].pk
        stale = [row for row in found if _is_stale(row.__dict__[field.attname])]
        opened = []
        for row in stale:
            held, place = row.__dict__, field.place(row)
            try:
                plain = vault.unseal_bytes(held[field.attname], place=place)
            except vault.CannotOpen:
                shut.append(row.pk)
            else:
                held[field.attname] = _Shut(vault.seal_bytes(plain, place=place))
                opened.append(row)
        update_rows(field.model, opened, [field.name])
        done += len(opened)
    return done, shut


def _is_stale(text: str | None) -> bool:
    return text is not None and not vault.is_current(text)
