"""What a file tells whoever has no Rappen."""

from typing import Final

TEXT: Final = """\
A company with all its books, in the format rappen-company-1
============================================================

manifest.json   what is in this file: its format, the program's version and migrations, the company, the
                people whom rows name, each table with its columns and their types, the number of its rows
                and their SHA-256, each file with its SHA-256, the ends of both hash chains, what was left
                out, and why. The SHA-256 of the manifest itself was told when the file was written.
tables/         a table each, as JSON Lines in UTF-8: a row per line, ordered by "id", columns by name.
files/          papers and other files of the company, each named by its SHA-256; their names and types are
                in tables/erp_storedfile.jsonl.

How values are written
  numeric                     text with all its digits, such as "1234.50"
  timestamp with time zone    text in UTC: "2026-11-26T08:15:00.123456Z"
  date                        text: "2026-11-26"
  jsonb                       text that is JSON itself
  bytea                       text in hexadecimal digits
  arrays                      JSON arrays
  anything else               as JSON has it
A column whose name ends in "_id" names a row of another table by its "id", or, where the manifest says
"person", one of its people.

Sealed columns (wages, personal data)
  Columns that the manifest calls "sealed" are Base64 of an AES-SIV text (RFC 5297). The 64 bytes of its key
  come from a passphrase by scrypt (RFC 7914) with the numbers that the manifest has under "sealing"; the
  passphrase is taken without blanks at its ends, as UTF-8. The one piece of associated data is
  "table.column:id". What comes out is JSON ("json") or a file ("bytes"); JSON that begins with the bytes
  28 B5 2F FD is compressed by Zstandard (RFC 8878).

Proof
  Compare each table's and each file's SHA-256 with the manifest, and the manifest's with what you were told.
  Posted entries (tables/accounting_journalentry.jsonl, accounting_entryline.jsonl) and the audit trail
  (tables/erp_auditevent.jsonl) are hash chains; the manifest holds their ends.

To take the company into an installation of Rappen of the same version:
  manage.py import_company FILE --owner E-MAIL
"""
