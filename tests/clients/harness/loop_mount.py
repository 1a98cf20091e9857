"""A small file system of its own, so that a disk can be full without filling this one. Needs root."""

import os
import subprocess

SIZE_MIB = 96


def possible():
    return os.geteuid() == 0 and _run("mount", "--version").returncode == 0


class SmallDisk:
    """An ext4 image on a loop device, or a tmpfs where loop devices are not to be had."""

    def __init__(self, folder):
        self.image, self.mount = folder / "disk.img", folder / "disk"

    def __enter__(self):
        self.mount.mkdir()
        if not self._mount_image():
            _check("mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(self.mount))
        return self.mount

    def __exit__(self, *_):
        _check("umount", str(self.mount))

    def _mount_image(self):
        _check("truncate", "-s", f"{SIZE_MIB}M", str(self.image))
        if _run("mkfs.ext4", "-q", "-F", "-m", "0", str(self.image)).returncode != 0:
            return False
        return _run("mount", "-o", "loop", str(self.image), str(self.mount)).returncode == 0


def fill(path, leave_bytes=0):
    """Writes a file until the disk has no more than this left."""
    free = free_bytes(path.parent)
    with open(path, "wb") as ballast:
        try:
            while (free := free_bytes(path.parent)) > leave_bytes:
                ballast.write(bytes(min(free - leave_bytes, 1 << 20)))
                ballast.flush()
        except OSError:
            pass
    return free


def free_bytes(path):
    stat = os.statvfs(path)
    return stat.f_bavail * stat.f_frsize


def _run(*command):
    try:
        return subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127)


def _check(*command):
    result = _run(*command)
    assert result.returncode == 0, (command, result.stderr)
