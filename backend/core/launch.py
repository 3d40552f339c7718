"""Starts a program that ends with its parent and, for root, runs as somebody else.

Run as a script of its own (`python -I launch.py …`), so that nothing happens between fork and exec
of a threaded process. It imports nothing of ours: root reads it, then gives its rights away.

    launch.py PARENT_PID SIGNAL MODE UID GID FOLDER -- PROGRAM [ARGUMENT…]

MODE is one of:
  same      stay who we are
  drop      become UID and GID, without any capability
  traverse  the same, keeping only the capability to pass folders that are closed to them
  map       stay who we are on disk, seen as UID and GID from inside a user namespace
FOLDER must be usable after that; otherwise nothing is started and the exit code is 77.
"""

import ctypes
import os
import sys
import tempfile

CANNOT = 77

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522
CLONE_NEWUSER = 0x10000000


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _checked(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _become(libc: ctypes.CDLL, uid: int, gid: int, *, traverse: bool) -> None:
    """Gives root away for good."""
    if traverse:
        _checked(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if traverse:
        header, data = _Header(CAPABILITY_VERSION_3, 0), (_Data * 2)()
        _checked(libc.capget(ctypes.byref(header), data))
        # A container often has the first only; reading is the narrower of the two.
        kept = (
            CAP_DAC_READ_SEARCH
            if data[0].permitted & (1 << CAP_DAC_READ_SEARCH)
            else CAP_DAC_OVERRIDE
        )
        bits = 1 << kept
        data[0] = _Data(bits, bits, bits)
        data[1] = _Data(0, 0, 0)
        _checked(libc.capset(ctypes.byref(header), data))
        _checked(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept, 0, 0))


def _map(libc: ctypes.CDLL, uid: int, gid: int) -> None:
    """A user namespace of our own, in which we have other numbers (user_namespaces(7))."""
    outside_uid, outside_gid = os.geteuid(), os.getegid()
    _checked(libc.unshare(CLONE_NEWUSER))
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outside_uid} 1"),
        ("gid_map", f"{gid} {outside_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write(line)


def main(arguments: list[str]) -> None:
    parent, signal_number, mode, uid, gid, folder, _, *command = arguments
    os.umask(0o077)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        try:
            if mode in {"drop", "traverse"}:
                _become(libc, int(uid), int(gid), traverse=mode == "traverse")
            elif mode == "map":
                _map(libc, int(uid), int(gid))
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            sys.stderr.write(f"{mode}: {error}\n")
            sys.exit(CANNOT)
        # After the change of user, which clears it (prctl(2)).
        libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != int(parent):
            sys.exit(CANNOT)
    try:
        os.execv(command[0], command)  # noqa: S606
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error}\n")
        sys.exit(CANNOT)


if __name__ == "__main__":
    main(sys.argv[1:])
