"""What firms need help with: the topics that conversations are ticked with and that ``help_offers`` is asked for."""

from collections.abc import Mapping

from wf40.base.errors import Text
from wf40.base.i18n import _l

__all__ = ["TOPICS"]

TOPICS: Mapping[str, Text] = {
    "staff": _l("Fachkräfte"),
    "space": _l("Fläche"),
    "succession": _l("Nachfolge"),
    "digital": _l("Digitalisierung"),
    "energy": _l("Energie"),
    "funding": _l("Finanzierung"),
    "permit": _l("Genehmigung"),
    "location": _l("Standort"),
}
"""Stored code and its word on the screen, in the order of forms."""
