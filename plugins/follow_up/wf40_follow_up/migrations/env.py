"""The plugin's migration environment."""

from wf40.sdk.migrations import run

run()
