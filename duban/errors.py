"""Faults of the people who run duban: shown as one sentence, never as a traceback."""

import errno
import os

# what disk, share or rights refuse: no fault of a file, nor of ours
OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.EACCES, errno.EPERM, errno.EROFS} | {
    errno.EMFILE,
    errno.ENFILE,
}


def refused_in(said: str) -> int | None:
    """The number of what the system refused, in `OF_THE_DISK`, where others tell of it in the system's words only."""
    return next((number for number in OF_THE_DISK if os.strerror(number) in said), None)


class UserError(Exception):
    """A mistake in what was given to duban: wrong words on the command line, unusable schemas, a locked warehouse.

    Its text is one Chinese sentence: where, what was found, what is wanted, what to do. The command line prints it and
    exits with code 2. Faults of a submission are findings, never exceptions.
    """


class RegistryError(UserError):
    """The files under `schemas/` contradict themselves or each other."""


class WarehouseBusy(UserError):
    """Another process holds the warehouse."""
