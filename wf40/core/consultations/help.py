"""Who can help a firm with what it talked about: asked of all slices and plugins, shown with their reasons."""

from dataclasses import dataclass

from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork
from wf40.core.consultations import codes, queries
from wf40.pluginhost.calls import Hooks
from wf40.sdk.hookspecs import Spec
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import HelpOffer

RECENT, MOST_TOPICS, SHOWN_OFFERS = 5, 3, 2
AS_THE_TIMELINE = 100
"""As many conversations as the timeline of the same page asks for, so that they are read once."""
UNASKED = "digital"
"""What to offer help for as long as nobody talked about anything."""


@dataclass(frozen=True, slots=True)
class Help:
    """Offers for one topic, those first whose order is lowest; a page may fold the further ones."""

    topic: Text
    offers: list[HelpOffer]

    @property
    def first(self) -> list[HelpOffer]:
        """The offers to show at once: more than one, since an office does not send a firm to a single provider."""
        return self.offers[:SHOWN_OFFERS]

    @property
    def further(self) -> list[HelpOffer]:
        """The others."""
        return self.offers[SHOWN_OFFERS:]


def topics_asked(u: UnitOfWork, firm: FirmRef) -> list[str]:
    """Return the topics of the firm's last conversations, the newest first; confidential ones give none."""
    lines = queries.newest(u, AS_THE_TIMELINE, firm.id)[:RECENT]
    return list(dict.fromkeys(topic for line in lines for topic in line.topics))[:MOST_TOPICS]


def help_for(u: UnitOfWork, firm: FirmRef, topics: list[str]) -> list[Help]:
    """Return the offers for each of the topics that somebody can help with."""
    hooks = u.service(Hooks)
    found = [
        Help(codes.TOPICS[topic], sorted(hooks.each(Spec.help_offers, u, topic, firm), key=lambda o: (o.order, o.key)))
        for topic in topics
    ]
    return [h for h in found if h.offers]
