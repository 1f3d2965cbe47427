"""A range service on this machine that can be as bad as one likes."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LINES = 20


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]


class RangeService(ThreadingHTTPServer):
    """Answers by ``behaves(handler)``; remembers what it was asked."""

    daemon_threads = True

    def __init__(self):
        self.received: list[Received] = []
        self.hung_up = threading.Event()
        self.over = threading.Event()
        self.behaves = knows()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, request, client_address):
        self.hung_up.set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self):
        self.over.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one_request(self):
        super().handle_one_request()
        self.close_connection = True

    def do_GET(self):
        self.server.received.append(Received(self.command, self.path, dict(self.headers.items())))
        self.server.behaves(self)

    def log_message(self, *args):
        pass


def sha1(password):
    return hashlib.sha1(password.encode()).digest()


def line(password, count):
    return f"{sha1(password).hex().upper()[5:]}:{count}"


def body(*lines, end="\r\n"):
    """Lines among others, without an end after the last, as the original sends them."""
    others = [line(f"another {number}", number + 1) for number in range(LINES)]
    return end.join(sorted([*others, *lines])).encode()


def knows(*lines, **more):
    return answers(body(*lines, **more))


def answers(content, *, status=200, length=None, **headers):
    def behave(handler):
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return behave


def chunked(content, *, whole=True):
    def behave(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
        if whole:
            handler.wfile.write(b"0\r\n\r\n")

    return behave


def without_length(content):
    def behave(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(content)

    return behave


def silent(handler):
    handler.server.over.wait(10)


def dripping(start):
    """``start`` at once, then a byte every hundredth of a second, for ever."""

    def behave(handler):
        handler.wfile.write(start)
        while not handler.server.over.is_set():
            handler.wfile.write(b"A")
            handler.wfile.flush()
            time.sleep(0.01)

    return behave


def not_http(handler):
    handler.wfile.write(b"\x00\xff" * 100 + b"\r\n\r\n")


DRIPS = {
    "status": dripping(b"HTTP/1.1 "),
    "header": dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "content": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
    "chunks": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFF\r\n"),
}
