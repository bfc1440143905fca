"""The worker: APScheduler ticks in UTC and keeps nothing; what is to be done stands in our own tables."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from wf40.base.access import Actor
from wf40.base.uow import Database
from wf40.pluginhost.calls import Hooks
from wf40.pluginhost.gate import Gate
from wf40.sdk.hookspecs import Spec
from wf40.sdk.values import Continuous, Job
from wf40.worker import dues
from wf40.worker.dispatch import Dispatcher
from wf40.worker.rules import latest_due

TICK_SECONDS = 1
log = logging.getLogger(__name__)


def all_jobs(hooks: Hooks) -> dict[str, Job]:
    """Return every job by its full key ``<slice or plugin>:<job>``."""
    return {f"{p.plugin}:{p.value.key}": p.value for p in hooks.gather(Spec.jobs).provided}


@dataclass
class Worker:
    """One worker. The three kinds of work tick apart, so that a long one holds up neither mail nor signs of life."""

    database: Database
    hooks: Hooks
    gate: Gate
    dispatcher: Dispatcher
    timezone: str
    in_process: bool = False

    def start(self, wrap: Callable[[Callable[[], None]], Callable[[], None]]) -> BackgroundScheduler:
        """Begin to tick in threads; ``wrap`` surrounds each tick, e.g. with the application's context."""
        scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
        for work in (self.deliver, self.run_continuous, self.run_due):
            scheduler.add_job(wrap(work), "interval", seconds=TICK_SECONDS, id=work.__name__)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler.start()
        return scheduler

    def tick(self) -> None:
        """Do everything once, in order."""
        self.deliver()
        self.run_continuous()
        self.run_due()

    def deliver(self) -> None:
        """Give a sign of life, then handle events and send mails."""
        self.gate.follow()
        with self.database.write(Actor.system("worker")) as u:
            dues.beat(u.session, f"{socket.gethostname()}:{os.getpid()}", u.now)
        self.dispatcher.events()
        self.dispatcher.mails()

    def run_continuous(self) -> None:
        """Let every job that looks for work by itself do so."""
        for key, job in all_jobs(self.hooks).items():
            if isinstance(job.rule, Continuous):
                self._guarded(key, job)

    def run_due(self) -> None:
        """Plan what has become due and run what can be claimed."""
        for key, job in all_jobs(self.hooks).items():
            if isinstance(job.rule, Continuous):
                continue
            lease = timedelta(minutes=job.limit_minutes + 1)
            with self.database.write(Actor.system("worker")) as u:
                dues.plan(u.session, key, latest_due(job.rule, u.now, self.timezone))
                due_id = dues.claim(u.session, key, u.now, lease)
            if due_id is not None:
                error = self._guarded(key, job) if self.in_process else _run_apart(key, job)
                with self.database.write(Actor.system("worker")) as u:
                    dues.finish(u.session, due_id, u.now, error)

    def _guarded(self, key: str, job: Job) -> str:
        try:
            job.run(self.database)
        except Exception as error:
            log.exception("job %s failed", key)
            return f"{type(error).__name__}: {error}"
        return ""


def _run_apart(key: str, job: Job) -> str:
    """Run a job in a process of its own, ended at its limit; returns what went wrong or nothing."""
    command = [sys.executable, "-m", "wf40.cli", "run-job", key]
    try:
        result = subprocess.run(
            command, timeout=job.limit_minutes * 60, capture_output=True, text=True, errors="replace", check=False
        )
    except subprocess.TimeoutExpired:
        return f"ended after {job.limit_minutes} minutes"
    return "" if result.returncode == 0 else result.stderr[-2000:] or f"exit code {result.returncode}"
