"""The daily mail, composed in the language of the officer who gets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import force_locale

from wf40.sdk.refs import OfficerRef, TaskRef
from wf40.sdk.services import Office
from wf40.sdk.uow import Letter
from wf40_follow_up.texts import KEY, _, _n
from wf40_follow_up.words import day_word

MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Digest:
    """What an officer has to do: ``tasks`` in order of their day, up to the next working day ``until``."""

    office: Office
    officer: OfficerRef
    day: date
    until: date
    tasks: Sequence[TaskRef]

    @property
    def overdue(self) -> list[TaskRef]:
        """What should have been done before."""
        return [task for task in self.tasks if task.due_on < self.day]

    @property
    def due(self) -> list[TaskRef]:
        """What is to be done today."""
        return [task for task in self.tasks if task.due_on == self.day]

    @property
    def coming(self) -> list[TaskRef]:
        """What follows until the next working day."""
        return [task for task in self.tasks if self.day < task.due_on <= self.until]


def digest_letter(given: Digest) -> Letter:
    """Compose the mail."""
    with force_locale(given.officer.language):
        tomorrow = given.until == given.day + timedelta(days=1)
        parts = [
            _("Guten Morgen %(name)s,", name=given.officer.name),
            _("das steht heute, %(day)s, bei Ihnen an.", day=day_word(given.day)),
            *_section(_("Überfällig"), given.overdue, given.office, dated=True),
            *_section(_("Heute"), given.due, given.office),
            *_section(
                _("Morgen") if tomorrow else _("Bis %(day)s", day=day_word(given.until)),
                given.coming,
                given.office,
                dated=not tomorrow,
            ),
            _("Diese Mail kommt an Arbeitstagen, an denen etwas fällig ist. Abbestellen können Sie sie hier:")
            + f"\n{given.office.base_url}/p/{KEY}/tagesmail",
            given.office.name,
        ]
        subject = _subject(len(given.overdue), len(given.due))
    return Letter(
        to=given.officer.email,
        to_name=given.officer.name,
        subject=subject,
        text="\n\n".join(parts) + "\n",
        subject_ref=f"officer:{given.officer.id}",
        origin=KEY,
    )


def _subject(overdue: int, due: int) -> str:
    today = _n("eine Wiedervorlage für heute", "%(num)s Wiedervorlagen für heute", due)
    late = _n("eine überfällige Wiedervorlage", "%(num)s überfällige Wiedervorlagen", overdue)
    if overdue and due:
        return _("Ihr Tag: %(today)s, %(late)s", today=today, late=late)
    return _("Ihr Tag: %(what)s", what=late if overdue else today)


def _section(title: str, tasks: Sequence[TaskRef], office: Office, *, dated: bool = False) -> list[str]:
    if not tasks:
        return []
    lines = [f"{title} ({len(tasks)})", "-" * (len(title) + len(str(len(tasks))) + 3)]
    lines += [_entry(task, office, dated=dated) for task in tasks[:MOST_SHOWN]]
    if len(tasks) > MOST_SHOWN:
        more = _("Und %(count)s weitere in Ihrer Liste:", count=len(tasks) - MOST_SHOWN)
        lines.append(f"* {more} {office.base_url}/")
    return ["\n".join(lines)]


def _entry(task: TaskRef, office: Office, *, dated: bool) -> str:
    words = [day_word(task.due_on)] if dated else []
    line = "* " + ": ".join([*words, " – ".join(filter(None, (task.firm_name, task.title)))])
    return line + (f"\n  {_address(task.url, office)}" if task.url else "")


def _address(url: str, office: Office) -> str:
    return office.base_url + url if url.startswith("/") else url
