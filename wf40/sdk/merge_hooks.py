"""The hooks by which two records become one and two again; part of :class:`wf40.sdk.hookspecs.Spec`."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.uow import UnitOfWork
from wf40.sdk import work
from wf40.sdk.data_hooks import DataSpec, hookspec


class MergeSpec(DataSpec):
    """What hangs on firms and persons moves with them."""

    @staticmethod
    @hookspec
    def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[work.Moved]:
        """Let everything that stands at the firm ``gone`` stand at ``keep``, since both are the same organisation.

        ``gone`` stays as an archived row that leads to ``keep``. What one firm can have only once stays where it is, or
        is taken out and kept in ``Moved.data``. Asked again for the same firms it moves what was missed.

        On failure: deny (the firms are not merged; the page names who refused). What is switched off or missing is
        asked as soon as it is there again.
        """
        return ()

    @staticmethod
    @hookspec
    def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[work.PutBack]:
        """Put back to ``gone`` what :func:`merge_firms` moved: ``moved`` maps each ``Moved.key`` to its ``data``.

        What was made for ``keep`` since then stays there, and so does what was moved on or removed meanwhile.

        On failure: deny (the firms stay merged; the page names who refused).
        """
        return ()

    @staticmethod
    @hookspec
    def merge_contacts(u: UnitOfWork, keep: int, gone: int) -> Iterable[work.Moved]:
        """Let everything that stands at the person ``gone`` stand at ``keep``, since both are the same human being.

        As :func:`merge_firms`: ``gone`` stays as an archived row that leads to ``keep``. The two may belong to different
        firms; which one the person belongs to afterwards is chosen, so rows that name a firm keep theirs. Whoever did
        not want to be written to at either entry must not be written to afterwards.

        On failure: deny (the persons are not merged; the page names who refused). What is switched off or missing is
        asked as soon as it is there again.
        """
        return ()

    @staticmethod
    @hookspec
    def unmerge_contacts(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[work.PutBack]:
        """Put back to ``gone`` what :func:`merge_contacts` moved: ``moved`` maps each ``Moved.key`` to its ``data``.

        As :func:`unmerge_firms`.

        On failure: deny (the persons stay merged; the page names who refused).
        """
        return ()
