"""The same code from many hands at the same moment: one of them gets in."""

from __future__ import annotations

import threading

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connection

from tests import make
from tests.erp.sign_in.people import browser, code, is_in, type_code, type_password


def sent_at_once(user, told, hands):
    """How many of the hands are in afterwards."""
    clients = [browser() for _ in range(hands)]
    for client in clients:
        type_password(client, user)
    barrier = threading.Barrier(hands)

    def send(client):
        barrier.wait(10)
        type_code(client, told)
        connection.close()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(is_in(client) for client in clients)


def test_a_code_sent_many_times_at_once_opens_once(committed_db):
    assert sent_at_once(make.user(), code(), hands=6) == 1


def test_a_recovery_code_sent_many_times_at_once_opens_once(committed_db):
    anna = make.user()
    told, *_rest = RecoveryCodes.activate(anna).get_unused_codes()
    assert sent_at_once(anna, told, hands=4) == 1
