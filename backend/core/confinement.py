"""A process gives up what it will not need before it touches a stranger's file.

Everything here binds the calling process for good, and needs no privilege. Resource limits hold on
every system; the rest is Linux and best effort (an old kernel or a container may refuse a part):

- a seccomp filter: no sockets, no new programs or processes, no reach into other processes;
- Landlock: the file system shrinks to the interpreter's own files and one working folder, so the
  secrets and papers of the installation are out of reach even for code that broke out of a parser.
"""

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 4, 38, 22
_SECCOMP_MODE_FILTER = 2
_ALLOW, _DENY, _NO_SUCH_CALL = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
_CLONE_THREAD = 0x00010000
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_FS_READ, _FS_WRITE_FILE, _FS_TRUNCATE = 0b1100, 0b10, 1 << 14
_FS_EVERYTHING = (1 << 13) - 1
_FS_OWN_FOLDER = 0b1_1011_1110
"""Read, write, list, remove files and folders, make folders and regular files; never execute."""

# machine → (audit architecture, clone, clone3, calls that a parser never needs): socket, connect,
# socketpair, ptrace, execve, execveat, fork, vfork, kill, rt_sigqueueinfo, process_vm_readv and
# _writev, bpf, io_uring_setup.
_CALLS = {
    "x86_64": (
        0xC000003E,
        56,
        435,
        (41, 42, 53, 101, 59, 322, 57, 58, 62, 129, 310, 311, 321, 425),
    ),
    "aarch64": (0xC00000B7, 220, 435, (198, 203, 199, 117, 221, 281, 129, 138, 270, 271, 280, 425)),
}


def limit_resources(*, memory_bytes: int, cpu_seconds: int, file_bytes: int, files: int) -> None:
    """Sets hard ceilings; no core dumps. Processes are not counted here, since the system counts
    them per user: the seccomp filter forbids new ones instead.
    """
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, file_bytes, file_bytes),
        (resource.RLIMIT_NOFILE, files, files),
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS knows no RLIMIT_AS
            resource.setrlimit(kind, (soft, hard))


class Confinement:
    """What binds a process, made ready before it forks: the fork has little left to do.

    `readable` are the files and folders that it may go on reading.
    """

    def __init__(self, readable: Iterable[Path]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._filter = _filter()
        self._landlock = 0
        self._rules: list[tuple[int, bytes]] = []
        if sys.platform == "linux":
            self._landlock = max(self._libc.syscall(_LANDLOCK_CREATE, None, 0, 1), 0)
        if self._landlock:
            rules = [(path, _FS_READ) for path in _outermost(readable)]
            rules.append((Path(os.devnull), 0b100 | _FS_WRITE_FILE))
            self._rules = [self._rule(path, rights) for path, rights in rules if path.exists()]

    @staticmethod
    def _rule(path: Path, rights: int) -> tuple[int, bytes]:
        allowed = rights if path.is_dir() else rights & (0b100 | _FS_WRITE_FILE)
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        return handle, struct.pack("=Qi", allowed, handle)

    def bind(self, folder: str) -> list[str]:
        """Binds this process to `folder` (read and write) and what it may read. Answers what holds."""
        if sys.platform != "linux":
            return []
        prctl = self._libc.prctl
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # never outlive the parent
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return []
        held = []
        if self._landlock and self._shut_in(folder):
            held.append("landlock")
        if (
            self._filter
            and prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, self._filter[0], 0, 0) == 0
        ):
            held.append("seccomp")
        return held

    def _shut_in(self, folder: str) -> bool:
        syscall = self._libc.syscall
        truncate = _FS_TRUNCATE if self._landlock >= 3 else 0
        handled = struct.pack("Q", _FS_EVERYTHING | truncate)
        ruleset = syscall(_LANDLOCK_CREATE, handled, len(handled), 0)
        if ruleset < 0:
            return False
        own = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        rules = [*self._rules, (own, struct.pack("=Qi", _FS_OWN_FOLDER | truncate, own))]
        for _, rule in rules:
            syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
        bound = syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0
        for handle in (ruleset, *(handle for handle, _ in rules)):
            os.close(handle)
        return bool(bound)


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Without what lies inside another of them."""
    given = {Path(os.path.realpath(path)) for path in paths}
    return sorted(path for path in given if given.isdisjoint(path.parents))


def _filter() -> tuple[ctypes.Array[ctypes.c_char], ctypes.Array[ctypes.c_char]] | None:
    """A program in classic BPF with its head; see Linux Documentation/userspace-api/seccomp_filter.rst."""
    if platform.machine() not in _CALLS:
        return None
    architecture, clone, clone3, denied = _CALLS[platform.machine()]
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    program = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        (answer, 0, 0, _DENY),
        (load, 0, 0, 0),
        (at_least, 0, 1, 0x40000000),  # the x32 twins of every call
        (answer, 0, 0, _DENY),
        (equal, 0, 1, clone3),  # its flags are behind a pointer; libc then falls back to clone
        (answer, 0, 0, _NO_SUCH_CALL),
    ]
    for call in denied:
        program += [(equal, 0, 1, call), (answer, 0, 0, _DENY)]
    program += [
        (equal, 1, 0, clone),
        (answer, 0, 0, _ALLOW),
        (load, 0, 0, 16),
        (any_bit, 1, 0, _CLONE_THREAD),
        (answer, 0, 0, _DENY),
        (answer, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    head = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    )
    return head, code
