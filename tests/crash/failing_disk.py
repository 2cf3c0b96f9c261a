"""A file system that fails when told to: FUSE by hand, over a folder. Linux and root only; a program of its own.

``failing_disk.py MOUNTPOINT FOLDER`` mounts, says "mounted", and then takes lines: a number is the errno that every
call that stores (write, sync, create, allocate) gets from now on; 0 mends it. Ends, and unmounts, with its input.
"""

# ruff: noqa: PTH102, PTH104, PTH118, PTH208  # calls of the system are passed on as they come
from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import sys
import threading

LOOKUP, FORGET, GETATTR, SETATTR, MKDIR, UNLINK, RMDIR, RENAME, LINK = 1, 2, 3, 4, 9, 10, 11, 12, 13
OPEN, READ, WRITE, STATFS, RELEASE, FSYNC, FLUSH, INIT = 14, 15, 16, 17, 18, 20, 25, 26
OPENDIR, READDIR, RELEASEDIR, FSYNCDIR, CREATE, BATCH_FORGET, FALLOCATE, RENAME2 = (
    27, 28, 29, 30, 35, 42, 43, 45,
)  # fmt: skip
STORES = {MKDIR, LINK, WRITE, FSYNC, FSYNCDIR, CREATE, FALLOCATE, SETATTR}
SILENT = {FORGET, BATCH_FORGET}


class Disk:
    """Passes all through to a folder."""

    def __init__(self, device, root):
        self.device, self.fault = device, 0
        self.paths = {1: root}  # by node
        self.nodes = {root: 1}

    def serve(self):
        while True:
            try:
                raw = os.read(self.device, 1 << 18)
            except OSError as error:
                if error.errno in (errno.EINTR, errno.ENOENT, errno.EAGAIN):
                    continue
                return  # unmounted
            _, code, unique, node, *_ = struct.unpack_from("<IIQQIIII", raw)
            if code in SILENT:
                continue
            try:
                if self.fault and code in STORES:
                    raise OSError(self.fault, "as told")
                answer, failed = self.answer(code, node, raw[40:]), 0
            except OSError as error:
                answer, failed = b"", error.errno or errno.EIO
            try:
                os.write(
                    self.device, struct.pack("<IiQ", 16 + len(answer), -failed, unique) + answer
                )
            except OSError:  # the caller was interrupted
                continue

    def answer(self, code, node, body):
        path = self.paths.get(node, "")
        if code == INIT:
            return struct.pack("<IIIIHHIIHHI28x", 7, 31, 1 << 16, 0, 0, 0, 1 << 17, 1, 0, 0, 0)
        if code == LOOKUP:
            return self.entry(os.path.join(path, text(body)))
        if code == GETATTR:
            return struct.pack("<QII", 0, 0, 0) + attributes(path)
        if code == SETATTR:
            valid, _, _, size = struct.unpack_from("<IIQQ", body)
            if valid & 8:
                os.truncate(path, size)
            return struct.pack("<QII", 0, 0, 0) + attributes(path)
        if code == MKDIR:
            made = os.path.join(path, text(body[8:]))
            os.mkdir(made)
            return self.entry(made)
        if code in (UNLINK, RMDIR):
            gone = os.path.join(path, text(body))
            (os.unlink if code == UNLINK else os.rmdir)(gone)
            return b""
        if code in (RENAME, RENAME2):
            skip = 8 if code == RENAME else 16
            target = self.paths[struct.unpack_from("<Q", body)[0]]
            old, new = (os.fsdecode(name) for name in body[skip:].split(b"\0")[:2])
            old, new = os.path.join(path, old), os.path.join(target, new)
            os.rename(old, new)
            if old in self.nodes:
                number = self.nodes.pop(old)
                self.nodes[new], self.paths[number] = number, new
            return b""
        if code == LINK:
            made = os.path.join(path, text(body[8:]))
            os.link(self.paths[struct.unpack_from("<Q", body)[0]], made)
            return self.entry(made)
        if code in (OPEN, CREATE):
            flags = struct.unpack_from("<I", body)[0] & ~(os.O_APPEND | os.O_EXCL | os.O_NOFOLLOW)
            entry = b""
            if code == CREATE:
                path = os.path.join(path, text(body[16:]))
            fd = os.open(path, flags | os.O_CLOEXEC, 0o600)
            if code == CREATE:
                entry = self.entry(path)
            return entry + struct.pack("<QII", fd, 0, 0)
        if code in (READ, READDIR):
            fd, offset, size = struct.unpack_from("<QQI", body)
            return os.pread(fd, size, offset) if code == READ else listing(path, offset, size)
        if code == WRITE:
            fd, offset, size = struct.unpack_from("<QQI", body)
            return struct.pack("<II", os.pwrite(fd, body[40 : 40 + size], offset), 0)
        if code == STATFS:
            return struct.pack(
                "<QQQQQIIII24x", 1 << 20, 1 << 19, 1 << 19, 1 << 20, 1 << 19, 4096, 255, 4096, 0
            )
        if code == FALLOCATE:
            fd, offset, length = struct.unpack_from("<QQQ", body)
            os.posix_fallocate(fd, offset, length)
            return b""
        if code == RELEASE:
            os.close(struct.unpack_from("<Q", body)[0])
            return b""
        if code == OPENDIR:
            return struct.pack("<QII", 0, 0, 0)
        if code in (RELEASEDIR, FSYNC, FSYNCDIR, FLUSH):
            return b""
        raise OSError(errno.ENOSYS, "not offered")

    def entry(self, path):
        found = attributes(path)
        if path not in self.nodes:
            number = len(self.paths) + 1
            self.nodes[path], self.paths[number] = number, path
        return struct.pack("<QQQQII", self.nodes[path], 0, 0, 0, 0, 0) + found


def text(body):
    return os.fsdecode(body.split(b"\0", 1)[0])


def attributes(path):
    s = os.lstat(path)
    times = int(s.st_atime), int(s.st_mtime), int(s.st_ctime)
    return struct.pack(
        "<QQQQQQIIIIIIIIII", s.st_ino, s.st_size, s.st_blocks, *times, 0, 0, 0,
        s.st_mode, s.st_nlink, s.st_uid, s.st_gid, 0, 4096, 0,
    )  # fmt: skip


def listing(path, offset, size):
    out = b""
    for number, name in enumerate(sorted(os.listdir(path))[offset:], offset + 1):
        raw = os.fsencode(name)
        kind = stat.S_IFMT(os.lstat(os.path.join(path, name)).st_mode) >> 12
        entry = struct.pack("<QQII", number, number, len(raw), kind) + raw
        entry += bytes(-len(entry) % 8)
        if len(out) + len(entry) > size:
            break
        out += entry
    return out


def main(mountpoint, root):
    libc = ctypes.CDLL(None, use_errno=True)
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
    if libc.mount(b"failing", os.fsencode(mountpoint), b"fuse", 0, options):
        raise OSError(ctypes.get_errno(), "mount")
    disk = Disk(device, root)
    for _ in range(2):
        threading.Thread(target=disk.serve, daemon=True).start()
    print("mounted", flush=True)
    for line in sys.stdin:
        disk.fault = int(line)
        print("done", flush=True)
    libc.umount2(os.fsencode(mountpoint), 2)


if __name__ == "__main__":
    main(*sys.argv[1:])
