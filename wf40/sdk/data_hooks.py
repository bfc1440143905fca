"""The hooks about values that slices and plugins keep about firms; part of :class:`wf40.sdk.hookspecs.Spec`."""

from collections.abc import Collection, Iterable

import pluggy

from wf40.base.uow import UnitOfWork
from wf40.sdk import firm_data as data

PROJECT = "wf40"
hookspec = pluggy.HookspecMarker(PROJECT)


class DataSpec:
    """Hooks about values of firms."""

    @staticmethod
    @hookspec
    def history_words(u: UnitOfWork, fields: Collection[str]) -> Iterable[data.FieldWords]:
        """Put fields that the plugin writes into a firm's history into words; ``fields`` are those on the page.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def import_fields(u: UnitOfWork) -> Iterable[data.ImportField]:
        """Name further columns of files that can be taken over into the firms of the actor's unit.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def bulk_changes(u: UnitOfWork) -> Iterable[data.BulkChange]:
        """Name changes that people can make to many firms of the actor's unit at once, and take back.

        On failure: skip.
        """
        return ()
