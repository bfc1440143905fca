"""The pages: the office's under ``/p/digital_readiness/``, the firms' under ``/public/digital_readiness/``."""

from wf40_digital_readiness.views import answers, invitations, public
from wf40_digital_readiness.views.blueprints import office_pages, public_pages

__all__ = ["answers", "invitations", "office_pages", "public", "public_pages"]
