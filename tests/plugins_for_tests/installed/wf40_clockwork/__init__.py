"""A plugin that is really found by its entry point, in child processes of tests: jobs and a page."""

import time

from wf40.sdk import hookimpl
from wf40.sdk.uow import Actor
from wf40.sdk.values import Every, Job, Manifest
from wf40.sdk.web import PluginBlueprint

page = PluginBlueprint("clockwork", __name__, public=True)


@page.get("/")
def index():
    """Answer."""
    return "tick"


def strike(database):
    """Leave a trace in the database."""
    with database.write(Actor.system("clockwork")) as u:
        u.audit("struck")


def hang(_database):
    """Never end."""
    time.sleep(600)


def break_down(_database):
    """Raise."""
    raise ZeroDivisionError("a wheel is missing")


@hookimpl
def manifest():
    """Name it."""
    return [Manifest("clockwork", "Uhrwerk", "1.0")]


@hookimpl
def public_blueprints():
    """Give one page."""
    return [page]


@hookimpl
def jobs():
    """Give three jobs."""
    return [
        Job("strike", "Schlagen", Every(60), strike),
        Job("hang", "Hängen", Every(60), hang),
        Job("break_down", "Kaputt", Every(60), break_down),
    ]
