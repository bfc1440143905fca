"""Pages of the partner network, all on one blueprint."""

from wf40_partner_network.views import merging, network, partners, people, relations
from wf40_partner_network.views.blueprint import bp

__all__ = ["bp", "merging", "network", "partners", "people", "relations"]
