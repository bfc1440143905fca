"""The two blueprints, so that the modules with their pages can share them."""

from wf40.sdk.web import PluginBlueprint
from wf40_digital_readiness.texts import KEY

office_pages = PluginBlueprint(KEY, "wf40_digital_readiness")
public_pages = PluginBlueprint(KEY, "wf40_digital_readiness", public=True)
