"""A real web server for tests and pictures, on a port of this machine, that stops without losing a request."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

WAKES = 0.1  # seconds until the loop sees that it shall stop


@contextmanager
def served(app: Flask, port: int) -> Iterator[str]:
    """Serve an application on the loopback address and yield its address.

    Waitress closes its sockets under threads that still answer when it is closed from outside its loop. Here the
    loop ends first, then the threads finish what they have begun, and the sockets are closed last.
    """
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=port, threads=6)
    stopping = threading.Event()

    def loop() -> None:
        while not stopping.is_set():
            wasyncore.loop(timeout=WAKES, map=sockets, count=1)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stopping.set()
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)
