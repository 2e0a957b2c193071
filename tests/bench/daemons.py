"""nginx and tinyproxy for the soak, from Debian's packages, on free ports of 127.0.0.1.

Each one runs in the foreground with its files in a temporary folder, and is ended by its own id.
Programs that are not installed are downloaded and unpacked below `.venv`, without a change of the
system. That works where there is apt-get with its package lists.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from bench.measure import ROOT

_UNPACKED = ROOT / ".venv" / "daemons"
_PACKAGES = {"gh": "gh", "nginx": "nginx", "tinyproxy": "tinyproxy-bin"}
_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
_PATIENCE = 10.0  # seconds until a daemon must listen, or end

_NGINX = """
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream fleet {{ server 127.0.0.1:{upstream}; keepalive 32; }}
    server {{
        listen 127.0.0.1:{port} ssl backlog=1024;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.pem;
        location / {{
            proxy_pass http://fleet;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_next_upstream off;
        }}
    }}
}}
"""
_TINYPROXY = """
Port {port}
Listen 127.0.0.1
MaxClients 1000
Timeout 60
LogLevel Critical
ConnectPort {upstream}
{credentials}
"""


def program(name: str) -> str | None:
    """Return the path of a program, which is downloaded if it is not installed; None if it cannot be."""
    found = shutil.which(name, path=_PATH)
    if found is not None:
        return found
    if not any(_UNPACKED.glob(f"usr/*bin/{name}")) and shutil.which("apt-get"):
        _UNPACKED.mkdir(parents=True, exist_ok=True)
        package = _PACKAGES[name]
        subprocess.run(["apt-get", "download", package], cwd=_UNPACKED, check=False)
        for file in _UNPACKED.glob(f"{package}_*.deb"):
            subprocess.run(["dpkg", "-x", file, _UNPACKED], check=False)
    return next((str(path) for path in _UNPACKED.glob(f"usr/*bin/{name}")), None)


class Daemon:
    """A program in the foreground that listens on a port."""

    def __init__(self, *command: str, port: int, reload_signal: signal.Signals) -> None:
        self.port = port
        self._command = command
        self._reload_signal = reload_signal
        self._process = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def reload(self) -> None:
        """Read the configuration again; nginx also replaces its workers."""
        self._process.send_signal(self._reload_signal)

    def restart(self) -> None:
        """End the program with its connections, and start it again on the same port."""
        self.stop()
        self._process = self._started()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        end = time.monotonic() + _PATIENCE
        while True:
            process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
            while process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                except OSError:
                    time.sleep(0.01)
                else:
                    return process
                if time.monotonic() > end:
                    process.kill()
                    break
            # The port of the one before may not be free yet.
            if time.monotonic() > end:
                raise TimeoutError(f"{self._command[0]} does not listen on {self.port}")
            time.sleep(0.05)


def nginx(path: str, folder: Path, upstream: int, pem: bytes) -> Daemon:
    """Start an nginx with TLS in front of a server."""
    port = _free_port()
    (folder / "server.pem").write_bytes(pem)
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port, upstream=upstream), "ascii")
    command = (path, "-p", f"{folder}", "-c", f"{config}", "-e", f"{folder}/error.log")
    return Daemon(*command, "-g", "daemon off;", port=port, reload_signal=signal.SIGHUP)


def tinyproxy(path: str, folder: Path, upstream: int, credentials: str = "") -> Daemon:
    """Start a tinyproxy that opens tunnels to a port, with `user password` if it is given."""
    port = _free_port()
    config = folder / f"tinyproxy-{port}.conf"
    login = f"BasicAuth {credentials}" if credentials else ""
    config.write_text(_TINYPROXY.format(port=port, upstream=upstream, credentials=login), "ascii")
    # In the foreground, SIGHUP ends it.
    return Daemon(path, "-d", "-c", f"{config}", port=port, reload_signal=signal.SIGUSR1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
