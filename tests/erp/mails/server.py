"""A mail server on this machine that speaks SMTP, and can be as bad as one likes."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr


@dataclass
class Received:
    """A mail as it came in, with what the envelope said."""

    sender: str
    recipients: list[str]
    content: bytes = b""

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def name(self) -> str:
        """The sender's name, as a reader shows it (RFC 2047)."""
        raw = email.message_from_bytes(self.content)["From"]
        return parseaddr(raw)[0] if "=?" not in raw else _decoded(raw)


def _decoded(raw: str) -> str:
    words = decode_header(" ".join(raw.split()).rpartition("<")[0])
    return str(make_header(words)).strip()


@dataclass
class Behaviour:
    """What a connection is answered; ``cut`` names the word after which it is ended without one."""

    greeting: str = "220 here"
    mail: str = "250 ok"
    recipients: dict[str, str] = field(default_factory=dict)
    data: str = "354 go on"
    content: str = "250 2.0.0 Ok: queued as 4711"
    cut: str = ""
    wait: float = 0


class MailServer(socketserver.ThreadingTCPServer):
    """Behaves by ``next``, one for each connection, and well when there is none left."""

    daemon_threads = allow_reuse_address = True

    def __init__(self) -> None:
        self.next: list[Behaviour] = []
        self.received: list[Received] = []
        self.connections = 0
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class Cut(Exception):
    pass


class Handler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        self.how = self.server.next.pop(0) if self.server.next else Behaviour()
        with suppress(Cut, OSError):
            self.talk()

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def reached(self, word: str) -> None:
        if self.how.cut == word:
            raise Cut

    def talk(self) -> None:
        self.reached("greeting")
        self.say(self.how.greeting)
        mail = Received("", [])
        while line := self.rfile.readline():
            told = line.decode().strip()
            word = told[:4].upper()
            self.reached(word)
            if word == "EHLO":
                self.say("250-here\r\n250-SIZE 50000000\r\n250 8BITMIME")
            elif word == "MAIL":
                mail = Received(told.partition("<")[2].partition(">")[0], [])
                self.say(self.how.mail)
            elif word == "RCPT":
                address = told.partition("<")[2].partition(">")[0]
                answer = self.how.recipients.get(address, "250 ok")
                if answer.startswith("250"):
                    mail.recipients.append(address)
                self.say(answer)
            elif word == "DATA":
                self.say(self.how.data)
                if self.how.data.startswith("354"):
                    self.take(mail)
            elif word == "RSET":
                self.say("250 ok")
            elif word == "QUIT":
                self.say("221 bye")
                return

    def take(self, mail: Received) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise Cut
            lines.append(line[1:] if line.startswith(b".") else line)
        mail.content = b"".join(lines)
        if self.how.content.startswith("250") or self.how.cut == "content":
            self.server.received.append(mail)
        time.sleep(self.how.wait)
        self.reached("content")
        self.say(self.how.content)
