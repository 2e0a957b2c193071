"""Decoders: the first calls of several threads at once do not crash the interpreter."""

from __future__ import annotations

import subprocess
import sys

# A thread stops in the annotations of a class, and another one decodes that class.
PROGRAM = """
import threading
import msgspec
from ghrunners._runtime.decoders import build_decoder

inside, done = threading.Event(), threading.Event()

def kind():
    inside.set()
    done.wait(0.3)
    return int

class Inner(msgspec.Struct):
    value: "kind()"

class Outer(msgspec.Struct):
    inner: Inner

def other():
    inside.wait()
    print(build_decoder(Outer).decode(b'{"inner": {"value": 1}}').inner.value)
    done.set()

thread = threading.Thread(target=other)
thread.start()
build_decoder(Outer)
thread.join()
"""


def test_two_threads_can_build_a_decoder_at_once() -> None:
    """Msgspec would give the other one an unfinished class."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, b"1")
