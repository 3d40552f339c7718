"""What a broken or broken-into parser might do; run in the sandbox by the tests."""

import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    answer = globals()[request["do"]](request, folder)
    return {"said": answer}


def echo(request, folder):
    (folder / "out.txt").write_bytes((folder / "in.txt").read_bytes().upper())
    return request["word"]


def sleep(request, folder):
    time.sleep(60)


def spin(request, folder):
    while True:
        pass


def eat_memory(request, folder):
    return len(bytearray(4 << 30))


def fill_disk(request, folder):
    with (folder / "big").open("wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))


def crash(request, folder):
    os.abort()


def fail(request, folder):
    raise ValueError("the content of a secret paper")


def connect(request, folder):
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except OSError as error:
        return type(error).__name__
    return "connected"


def start_program(request, folder):
    try:
        subprocess.run(["/bin/true"], check=False)
    except OSError as error:
        return type(error).__name__
    return "started"


def read(request, folder):
    try:
        return Path(request["path"]).read_text()
    except OSError as error:
        return type(error).__name__


def environment(request, folder):
    return sorted(os.environ)
