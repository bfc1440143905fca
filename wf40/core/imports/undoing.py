"""Takes an import back, some rows at a time: firms that it made disappear, fields return, what was edited since stays."""

from wf40.base.uow import UnitOfWork


def undo_some(u: UnitOfWork, run_id: int, limit: int) -> tuple[int, bool]:
    """Take back some rows; returns how many, and whether that was all."""
    raise NotImplementedError(u, run_id, limit)
