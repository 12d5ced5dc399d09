"""Cuts the power of the file system at argv[1]: what was not forced is lost.

It says "armed", and cuts when a line comes. The ioctl is FS_IOC_SHUTDOWN of ext4 and XFS with the flag NOLOGFLUSH.
"""
import fcntl
import os
import struct
import sys

NO_LOG_FLUSH = 2
SHUTDOWN = 0x8004587D

mount = os.open(sys.argv[1], os.O_RDONLY)
print("armed", flush=True)
sys.stdin.readline()
fcntl.ioctl(mount, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
