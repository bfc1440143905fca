"""Forms of tasks. The small ones stand on the page of a task and, shortened, on Mein Tag."""

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from wf40.base.checks import whole_number
from wf40.base.i18n import _l
from wf40.core.tasks.rules import TaskInput
from wf40.core.tasks.shapes import TaskView
from wf40.sdk.forms import BaseForm, DayField, VersionedForm, as_typed, choices, stripped
from wf40.sdk.refs import OfficerRef

CHOOSE = ("", _l("Bitte wählen"))


class TaskForm(VersionedForm):
    """A task."""

    entry_key = HiddenField()
    title = StringField(
        _l("Was ist zu tun?"), [InputRequired(_l("Schreiben Sie in wenigen Worten, was zu tun ist."))],
        filters=[stripped], description=_l("Zum Beispiel: Rückruf wegen der Hallenerweiterung."),
    )  # fmt: skip
    due_on = DayField(_l("Fällig am"), [InputRequired(_l("Geben Sie an, bis wann es zu tun ist."))])
    responsible_id = SelectField(_l("Zuständig"), coerce=whole_number)
    note = TextAreaField(_l("Notiz"), filters=[as_typed], render_kw={"rows": 6})
    confidential = BooleanField(
        _l("Vertraulich"),
        description=_l(
            "Dann lesen nur Sie, die zuständige Person und wer für das Unternehmen zuständig ist, worum es geht."
        ),
    )

    def offer(self, people: list[OfficerRef], present: tuple[int, str] | None = None) -> None:
        """Set who may be responsible; somebody who has left stays while they are."""
        known = {person.id: person.name for person in people}
        if present is not None:
            known.setdefault(*present)
        self.responsible_id.choices = choices([("", _l("niemand")), *known.items()])

    def to_input(self) -> TaskInput:
        """Return the frozen input."""
        return TaskInput(
            self.title.data, self.due_on.data, self.responsible_id.data, self.note.data, self.confidential.data
        )


def values_of(found: TaskView) -> dict[str, object]:
    """Return what the form shows of a task."""
    line = found.line
    return {
        "title": line.title, "due_on": line.due_on, "responsible_id": line.responsible_id, "note": found.note,
        "confidential": line.confidential, "version": str(found.version),
    }  # fmt: skip


class OutcomeForm(BaseForm):
    """Closes a task as done."""

    outcome = TextAreaField(
        _l("Ergebnis"), filters=[as_typed], render_kw={"rows": 3}, description=_l("Was herausgekommen ist, wenn Sie mögen.")
    )  # fmt: skip


class DropForm(BaseForm):
    """Closes a task that is no longer needed."""

    outcome = TextAreaField(
        _l("Warum ist das nicht mehr nötig?"), filters=[as_typed], render_kw={"rows": 2}, id="grund"
    )


class PostponeForm(BaseForm):
    """Puts a task off."""

    to = DayField(_l("Neuer Tag"), [InputRequired(_l("Geben Sie an, auf welchen Tag Sie verschieben."))])


class HandOnForm(BaseForm):
    """Makes somebody else responsible."""

    to = SelectField(_l("An wen?"), [InputRequired(_l("Wählen Sie, wer es übernimmt."))], coerce=whole_number, id="an")
    word = StringField(_l("Hinweis dazu"), filters=[stripped])

    def offer(self, people: list[OfficerRef], besides: int | None) -> None:
        """Set who may take over."""
        self.to.choices = choices([CHOOSE, *((p.id, p.name) for p in people if p.id != besides)])


class HandOverForm(BaseForm):
    """Hands all open tasks of somebody over."""

    source = SelectField(
        _l("Offene Wiedervorlagen von"), [InputRequired(_l("Wählen Sie, um wessen Wiedervorlagen es geht."))]
    )
    to = SelectField(_l("Übergeben an"), [InputRequired(_l("Wählen Sie, wer sie übernimmt."))], coerce=whole_number)
    word = StringField(_l("Hinweis dazu"), filters=[stripped], description=_l("Steht danach bei jeder Wiedervorlage."))
