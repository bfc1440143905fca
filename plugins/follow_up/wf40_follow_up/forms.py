"""The forms of a rule and of the own daily mail."""

from collections.abc import Collection, Mapping
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired

from wf40.sdk.checks import whole_number
from wf40.sdk.forms import BaseForm, VersionedForm, choices, stripped
from wf40.sdk.i18n import Text
from wf40.sdk.refs import OfficerRef
from wf40_follow_up import terms
from wf40_follow_up.models import Rule
from wf40_follow_up.service import RuleInput, stored
from wf40_follow_up.texts import _l


class DaysField(IntegerField):  # type: ignore[misc]  # the library brings no types
    """A number of days; anything else is refused with a sentence in the office's words."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read what the browser sent."""
        if valuelist and valuelist[0].strip():
            self.data = whole_number(valuelist[0].strip())
            if self.data is None:
                raise ValueError(_l("Geben Sie eine ganze Zahl ein, zum Beispiel 5."))


class RuleForm(VersionedForm):
    """A rule as the head of the office keeps it."""

    title = StringField(
        terms.FIELDS["title"],
        [DataRequired(_l("Schreiben Sie, was zu tun ist, zum Beispiel „Anrufen“."))],
        [stripped],
        description=_l("Was zu tun ist. Das Unternehmen steht ohnehin dabei."),
    )
    trigger = SelectField(terms.FIELDS["trigger"], choices=choices(terms.TRIGGERS.items()))
    source = SelectField(
        terms.FIELDS["source"],
        default=terms.ANY,
        description=_l("Gilt nur, wenn eine erledigte Wiedervorlage die Regel auslöst."),
    )
    days = DaysField(
        terms.FIELDS["days"],
        [InputRequired(_l("Geben Sie ein, nach wie vielen Tagen die Wiedervorlage fällig ist."))],
    )
    day_kind = SelectField(terms.FIELDS["day_kind"], choices=choices(terms.DAY_KINDS.items()), default="working")
    responsible = SelectField(
        terms.FIELDS["responsible"],
        choices=choices(terms.RESPONSIBLE.items()),
        default="officer",
    )
    officer_id = SelectField(terms.FIELDS["officer_id"], coerce=whole_number)

    def offer(
        self, officers: Collection[OfficerRef], sources: Mapping[str, Text], gone: OfficerRef | None = None
    ) -> None:
        """Set the choices; somebody who has left stays as long as the rule names them."""
        known = {o.id: o.name for o in [*officers, *([gone] if gone else [])]}
        self.officer_id.choices = choices([("", _l("niemand")), *known.items()])
        if self.source is not None:
            self.source.choices = choices(sources.items())

    def to_input(self, trigger: str = "") -> RuleInput:
        """Return the frozen input; ``trigger`` is that of a rule that exists."""
        return RuleInput(
            trigger=trigger or self.trigger.data,
            title=self.title.data or "",
            days=-1 if self.days.data is None else self.days.data,
            day_kind=self.day_kind.data or "",
            responsible=self.responsible.data or "",
            officer_id=self.officer_id.data,
            source=self.source.data if self.source is not None else terms.ANY,
        )


class DigestForm(BaseForm):
    """Whether the daily mail comes."""

    wanted = BooleanField(_l("Tagesmail an mich senden"))


def form_of(row: Rule) -> RuleForm:
    """Return the form with what is stored, and over it what was typed; fields that play no part are left out."""
    form = RuleForm(data={**stored(row), "version": row.version})
    del form.trigger
    if row.trigger != terms.TASK_DONE:
        del form.source
    return form
