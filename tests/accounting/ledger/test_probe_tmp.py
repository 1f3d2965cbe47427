import datetime as dt, time
from decimal import Decimal as D
import pytest
from django.db import transaction, connection
from accounting.ledger.lines import Line, debit, credit
from accounting.ledger import verifying
from accounting.ledger.verifying import verify_ledger, Anchor, head_of
from accounting.ledger.bulk import post_many, NewEntry
from tests import make
pytestmark = pytest.mark.django_db
def ex(sql, *a):
    with connection.cursor() as cur:
        t=time.time(); cur.execute("explain (analyze, buffers) "+sql, a if len(a)!=1 or not isinstance(a[0],dict) else a[0])
        print("\n".join(r[0] for r in cur.fetchall())); print(time.time()-t)
def test_probe():
    c = make.company()
    by = make.owner_of(c)
    bank, cash = make.account(c,"1020"), make.account(c,"1000")
    for n in (2000,2000):
        post_many(company=c, by=by, entries=[NewEntry(make.MARCH_31,"x",[debit(bank, D(5)), credit(cash, D(5))]) for i in range(n)])
        ex(verifying._CHAIN, c.pk)
        t=time.time(); verifying._check_sums(verifying.Verdict(c.pk), c); print("sums", time.time()-t)
        t=time.time(); verify_ledger(c); print("verify", time.time()-t)
    with connection.cursor() as cur: cur.execute("select relname, reltuples, relpages from pg_class where relname like 'accounting_%line' or relname like '%journalentry'"); print(cur.fetchall())
    ex(verifying._WRONG_TOTALS, {"company":c.pk})
    ex(verifying._WRONG_NUMBERS, {"company":c.pk})
