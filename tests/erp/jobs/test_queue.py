"""The way to Redis: what a worker is told when it is lost twice (test_kills does it for real)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from celery import current_app

from erp.core.queue import Channel, Gone, Transport


@pytest.mark.parametrize("transport", [None, SimpleNamespace(client=None)])
def test_a_channel_that_is_closed_says_that_the_connection_is_gone(transport):
    channel = object.__new__(Channel)
    channel.connection = transport
    with pytest.raises(Gone):
        channel._connparams()


def test_celery_goes_this_way_and_takes_it_for_a_lost_connection():
    with current_app.connection_for_write() as connection:
        assert isinstance(connection.transport, Transport)
        assert issubclass(Gone, connection.connection_errors)
