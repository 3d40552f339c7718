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


def confine(folder: Path, readable: Iterable[Path]) -> list[str]:
    """Binds this process to `folder` (read and write) and `readable` (read). Answers what holds."""
    if sys.platform != "linux":
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # never outlive the parent
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return []
    held = []
    if _landlock(libc, folder, readable):
        held.append("landlock")
    if _seccomp(libc):
        held.append("seccomp")
    return held


def _landlock(libc: ctypes.CDLL, folder: Path, readable: Iterable[Path]) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    truncate = _FS_TRUNCATE if version >= 3 else 0
    handled = struct.pack("Q", _FS_EVERYTHING | truncate)
    ruleset = libc.syscall(_LANDLOCK_CREATE, handled, len(handled), 0)
    if ruleset < 0:
        return False
    rules = [(path, _FS_READ) for path in readable]
    rules += [(folder, _FS_OWN_FOLDER | truncate), (Path(os.devnull), 0b100 | _FS_WRITE_FILE)]
    try:
        for path, rights in rules:
            with contextlib.suppress(FileNotFoundError):
                allowed = rights if path.is_dir() else rights & (0b100 | _FS_WRITE_FILE)
                handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
                libc.syscall(_LANDLOCK_ADD, ruleset, 1, struct.pack("=Qi", allowed, handle), 0)
                os.close(handle)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _seccomp(libc: ctypes.CDLL) -> bool:
    """A filter in classic BPF; see Linux Documentation/userspace-api/seccomp_filter.rst."""
    if platform.machine() not in _CALLS:
        return False
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
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, head, 0, 0) == 0)
