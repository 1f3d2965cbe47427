"""A real server, and a road to it that breaks off after so many bytes."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections


class _Server(ThreadedWSGIServer):
    def close_request(self, request):
        super().close_request(request)
        connections.close_all()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@contextmanager
def serving():
    """The program behind a socket of this machine: its port."""
    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def road(port, cuts):
    """A port that leads to another one; each connection breaks off after its number of ``cuts``, if any."""
    listening = socket.create_server(("127.0.0.1", 0))

    def lead():
        for after in [*cuts, *[None] * 10_000]:
            with suppress(OSError):
                here, _address = listening.accept()
                there = socket.create_connection(("127.0.0.1", port))
                threading.Thread(target=back, args=[there, here], daemon=True).start()
                threading.Thread(target=forth, args=[here, there, after], daemon=True).start()
                continue
            return

    def forth(here, there, after):
        gone = 0
        with suppress(OSError):
            while part := here.recv(4096):
                if after is not None and gone + len(part) >= after:
                    there.sendall(part[: after - gone])
                    there.shutdown(socket.SHUT_WR)
                    here.shutdown(socket.SHUT_RDWR)
                    return
                there.sendall(part)
                gone += len(part)
            there.shutdown(socket.SHUT_WR)

    def back(there, here):
        with suppress(OSError):
            while part := there.recv(4096):
                here.sendall(part)
            here.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=lead, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
