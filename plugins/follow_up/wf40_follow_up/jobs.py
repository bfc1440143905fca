"""The plugin's recurring work; each run may be killed and repeated."""

from datetime import time

from wf40.sdk.uow import Actor, Database
from wf40.sdk.values import Continuous, Daily, Job
from wf40_follow_up import care, digest, dues
from wf40_follow_up.terms import CARE_GAP
from wf40_follow_up.texts import KEY, _l

KINDS = {digest.DIGEST: digest.write_digest, CARE_GAP: care.fire_for_gap}
"""What each kind of due is for."""


def plan_digests(database: Database) -> None:
    """Plan today's mails."""
    with database.write(Actor.system(KEY)) as u:
        digest.plan_digests(u)


def plan_gaps(database: Database) -> None:
    """Plan what the rules on gaps ask for."""
    care.plan_gaps(database)


def work_off(database: Database) -> None:
    """Do what is due."""
    dues.work_off(database, KINDS)


JOBS = (
    Job("gaps", _l("Prüfen, welche Unternehmen länger als ihr Betreuungsintervall warten"), Daily(time(5)), plan_gaps),
    Job("digests", _l("Tagesmails planen"), Daily(digest.AT), plan_digests),
    Job("work_off", _l("Fällige Wiedervorlagen und Tagesmails schreiben"), Continuous(), work_off),
)
