"""The hooks. A slice of the core and a plugin implement the same ones, as module functions marked ``@hookimpl``.

Each signature is typed, so a call through ``hooks.each(Spec.firm_panels, u, firm)`` is checked by mypy. The second
line of a docstring says what happens when an implementation fails: *skip* leaves its part out, *deny* refuses,
*raise* passes the error on, *retry* runs it again later.
"""

from collections.abc import Collection, Iterable
from types import ModuleType

import pluggy
from flask import Blueprint

from wf40.base.uow import UnitOfWork
from wf40.sdk import search, work
from wf40.sdk import values as v
from wf40.sdk.data_hooks import PROJECT, hookspec
from wf40.sdk.merge_hooks import MergeSpec
from wf40.sdk.refs import FirmRef

SDK_VERSION = "1.0"
hookimpl = pluggy.HookimplMarker(PROJECT)


class Spec(MergeSpec):
    """All hooks of this SDK version."""

    @staticmethod
    @hookspec
    def manifest() -> Iterable[v.Manifest]:
        """Say who the plugin is; exactly one.

        On failure: skip (the plugin is not loaded).
        """
        return ()

    @staticmethod
    @hookspec
    def models() -> Iterable[ModuleType]:
        """Name the modules with the plugin's tables, so that they are imported before migrations are compared.

        On failure: skip (the plugin is not loaded).
        """
        return ()

    @staticmethod
    @hookspec
    def blueprints() -> Iterable[Blueprint]:
        """Give the office's pages; served under ``/p/<key>/`` to people who are signed in.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def public_blueprints() -> Iterable[Blueprint]:
        """Give pages for people outside the office; served under ``/public/<key>/`` without sign-in.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def permissions() -> Iterable[v.Permission]:
        """Name the plugin's rights and the roles that hold them from the start.

        On failure: deny (nobody holds them).
        """
        return ()

    @staticmethod
    @hookspec
    def navigation(u: UnitOfWork) -> Iterable[v.NavItem]:
        """Add entries to the main navigation.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def dashboard_cards(u: UnitOfWork) -> Iterable[v.Card]:
        """Add boxes to Mein Tag.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[v.Panel]:
        """Add boxes to a firm's record page.

        On failure: the box says that it is not available, with a reference number.
        """
        return ()

    @staticmethod
    @hookspec
    def firm_actions(u: UnitOfWork, firm: FirmRef) -> Iterable[v.Action]:
        """Add buttons to the head of a firm's record page.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def firm_badges(u: UnitOfWork, firm: FirmRef) -> Iterable[v.Badge]:
        """Add short words beside a firm's name in the head of its record page.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def firm_tabs(u: UnitOfWork, firm: FirmRef) -> Iterable[v.Tab]:
        """Add tabs to a firm's record page, each a page of its own.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def firm_columns(u: UnitOfWork) -> Iterable[v.FirmColumn]:
        """Add columns to the firm list, as selects of (firm_id, value).

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def firm_filters(u: UnitOfWork) -> Iterable[v.FirmFilter]:
        """Add filters to the firm list.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[v.TimelineEntry]:
        """Give the newest ``limit`` events of a firm's history.

        On failure: skip, and the timeline says that entries are missing.
        """
        return ()

    @staticmethod
    @hookspec
    def indicators(u: UnitOfWork, firm_ids: Collection[int]) -> Iterable[v.Indicator]:
        """Give what is known of firms about the reference concepts of the risk score.

        On failure: raise (a score must not silently lose what it rests on).
        """
        return ()

    @staticmethod
    @hookspec
    def firm_signals(u: UnitOfWork, firm_ids: Collection[int]) -> Iterable[v.FirmSignal]:
        """Give the signals of firms as they stand today.

        On failure: raise.
        """
        return ()

    @staticmethod
    @hookspec
    def help_offers(u: UnitOfWork, topic: str, firm: FirmRef) -> Iterable[v.HelpOffer]:
        """Say who or what can help a firm with a topic.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def handover_recipients(u: UnitOfWork, firm: FirmRef, topic: str) -> Iterable[work.Recipient]:
        """Name those to whom a firm's concern with a topic can be handed on.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def outreach() -> Iterable[work.Outreach]:
        """Name what a campaign can send to many firms, each through a person of its own.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def list_actions(u: UnitOfWork, listed: v.Listed, query: str) -> Iterable[v.Action]:
        """Add buttons above a list that act on all that it shows; ``query`` is the address's part with its filters.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def search_providers() -> Iterable[search.SearchProvider]:
        """Name the kinds of records that the search finds; what is written is told to the service ``Search``.

        On failure: skip.
        """
        return ()

    @staticmethod
    @hookspec
    def event_handlers() -> Iterable[v.EventHandler]:
        """Name the events to be handled after their commit.

        On failure: retry (each event with growing pauses, for a day).
        """
        return ()

    @staticmethod
    @hookspec
    def jobs() -> Iterable[v.Job]:
        """Name recurring work for the worker.

        On failure: retry (five times with pauses, then at the job's next time).
        """
        return ()

    @staticmethod
    @hookspec
    def personal_data() -> Iterable[v.PersonalColumn]:
        """Declare every column that holds personal data. Kept when the plugin is disabled or removed.

        On failure: raise (the plugin cannot be enabled).
        """
        return ()

    @staticmethod
    @hookspec
    def demo_data(u: UnitOfWork, firms: Collection[FirmRef], seed: int) -> Iterable[str]:
        """Fill the demo town; returns sentences that say what was made.

        On failure: raise.
        """
        return ()

    @staticmethod
    @hookspec
    def health(u: UnitOfWork) -> Iterable[v.Health]:
        """Report on the plugin's own condition.

        On failure: reported as not healthy.
        """
        return ()


def hook_names() -> list[str]:
    """Return the names of all hooks in the order of their definition."""
    members = {name: member for specs in Spec.__mro__ for name, member in vars(specs).items()}
    return [name for name, member in members.items() if isinstance(member, staticmethod)]
