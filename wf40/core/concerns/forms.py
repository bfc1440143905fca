"""Forms of concerns and of handing them on."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from wf40.base.i18n import _, _l
from wf40.core.concerns import codes
from wf40.core.concerns.rules import NOBODY, ConcernInput, HandoverInput, NewConsent
from wf40.core.contacts import codes as contact_codes
from wf40.core.contacts.valid_consents import ValidConsent
from wf40.sdk.checks import whole_number
from wf40.sdk.forms import BaseForm, DayField, VersionedForm, as_typed, choices, stripped
from wf40.sdk.refs import OfficerRef
from wf40.sdk.work import Recipient


class OwnerField(SelectField):  # type: ignore[misc]  # the library brings no types
    """Somebody of the office, or nobody yet."""

    def __init__(self, label: Any = None, **more: Any) -> None:
        super().__init__(label, coerce=int, **more)

    def offer(self, people: Iterable[OfficerRef], present: tuple[int, str] | None = None) -> None:
        """Set who may be chosen; ``present``: who looks after it now, perhaps somebody who has left."""
        known = {officer.id: officer.name for officer in people}
        if present and present[0] not in known:
            known = {present[0]: _("%(name)s (nicht mehr im Amt)", name=present[1]), **known}
        self.choices = choices([*known.items(), (NOBODY, _("noch niemand"))])


class ConcernForm(VersionedForm):
    """A concern as officers record it."""

    entry_key = HiddenField()
    title = StringField(
        _l("Worum geht es?"), [InputRequired(_l("Schreiben Sie in einem Satz, was das Unternehmen braucht."))],
        filters=[stripped], description=_l("Ein Satz, der auch in Listen steht, zum Beispiel „Sucht eine größere Halle“."),
    )  # fmt: skip
    topic = SelectField(
        _l("Thema"), [InputRequired(_l("Wählen Sie das Thema."))],
        choices=choices([("", _l("Bitte wählen")), *codes.TOPICS.items()]),
    )  # fmt: skip
    kind = SelectField(_l("Art"), choices=choices((c, kind.label) for c, kind in codes.KINDS.items()))
    description = TextAreaField(_l("Beschreibung"), filters=[as_typed], render_kw={"rows": 6})
    raised_on = DayField(
        _l("Aufgenommen am"), [InputRequired(_l("Geben Sie an, wann das Unternehmen sich gemeldet hat."))]
    )
    deadline_on = DayField(_l("Lösung bis"), [Optional()])
    owner_id = OwnerField(_l("Zuständig"))
    confidential = BooleanField(
        _l("Vertraulich"),
        description=_l("Den Inhalt lesen nur Sie, die zuständige Person und wer für das Unternehmen zuständig ist."),
    )

    def to_input(self) -> ConcernInput:
        """Return the frozen input."""
        return ConcernInput(
            self.topic.data, self.title.data, self.description.data, self.kind.data, self.owner_id.data,
            self.deadline_on.data, confidential=self.confidential.data, raised_on=self.raised_on.data,
        )  # fmt: skip


class FirstResponseForm(BaseForm):
    """When and how the office first answered."""

    how = SelectField(_l("Erste Antwort"), choices=choices(codes.WAYS.items()))
    on = DayField(_l("am"), [InputRequired(_l("Geben Sie an, wann Sie geantwortet haben."))])


class StateForm(VersionedForm):
    """How a concern ended, or that work on it begins."""

    state = RadioField(_l("Wie ist es ausgegangen?"), choices=choices((c, codes.STATES[c]) for c in codes.CLOSED))
    outcome = TextAreaField(
        _l("Was ist daraus geworden?"), filters=[as_typed], render_kw={"rows": 3}, description=_l("Ein Satz genügt.")
    )


class AssignForm(VersionedForm):
    """Who looks after it from now on."""

    owner_id = OwnerField(_l("Zuständig"))


class HandoverForm(VersionedForm):
    """To whom, on whose consent, with which request and until when. ``seen`` tells which preview was shown."""

    entry_key = HiddenField()
    seen = HiddenField()
    recipient_key = SelectField(
        _l("An wen?"), [InputRequired(_l("Wählen Sie, an wen das Anliegen geht."))],
        description=_l("In jeder Gruppe stehen die zuerst, die zum Thema passen."),
    )  # fmt: skip
    message = TextAreaField(
        _l("Ihre Bitte an die Stelle"), [InputRequired(_l("Schreiben Sie, worum Sie bitten."))], filters=[as_typed],
        render_kw={"rows": 5},
    )  # fmt: skip
    answer_by = DayField(
        _l("Antwort erbeten bis"), [InputRequired(_l("Geben Sie an, bis wann Sie eine Antwort erbitten."))]
    )
    consent_id = SelectField(_l("Auf wessen Einwilligung?"), coerce=int, validate_choice=False)
    contact_id = SelectField(_l("Wer hat eingewilligt?"), coerce=int, validate_choice=False)
    given_on = DayField(_l("Erteilt am"), [Optional()])
    given_how = SelectField(_l("Erteilt"), choices=choices(contact_codes.WAYS.items()), default="spoken")
    note = StringField(
        _l("Nachweis"),
        filters=[stripped],
        description=_l("Wo der Nachweis liegt, zum Beispiel „Telefonnotiz vom 12.11.“."),
    )
    recorded = BooleanField(_l("Die Person hat diesem Text zugestimmt."))

    def offer(
        self, offered: Iterable[Recipient], consents: Sequence[ValidConsent], people: Sequence[tuple[int, str]]
    ) -> None:
        """Set who can be chosen: recipients by group, consents, or else people of the firm who may have agreed."""
        known = [SelectChoice(r.key, _shown(r), optgroup=str(r.group)) for r in offered]
        self.recipient_key.choices = [SelectChoice("", _("Bitte wählen")), *known] if known else []
        words = ((c.id, f"{c.name}, {contact_codes.CHANNELS[c.channel]} ({c.given_at:%d.%m.%Y})") for c in consents)
        self.consent_id.choices = choices(words)
        self.contact_id.choices = choices(people)

    def to_input(self, *, consented: bool) -> HandoverInput:
        """Return the frozen input; ``consented``: there are recorded consents to choose from."""
        if consented:
            return HandoverInput(
                self.recipient_key.data, self.message.data, self.answer_by.data, self.consent_id.data or 0
            )
        new = NewConsent(self.contact_id.data or 0, self.given_on.data, self.given_how.data, self.note.data)
        return HandoverInput(self.recipient_key.data, self.message.data, self.answer_by.data, new_consent=new)

    def consent_complete(self) -> bool:
        """Tell whether a new consent is entered whole; what is missing gets a sentence."""
        missing = {
            "given_on": (self.given_on.data, _("Geben Sie an, wann die Einwilligung erteilt wurde.")),
            "recorded": (self.recorded.data, _("Ohne diese Zustimmung geht nichts hinaus.")),
        }
        for name, (value, sentence) in missing.items():
            if not value and not self[name].errors:
                self[name].errors = [sentence]
        return not any(self[name].errors for name in missing)


class OutcomeForm(BaseForm):
    """What the recipient said."""

    outcome = RadioField(_l("Was kam zurück?"), choices=choices(codes.OUTCOMES.items()))
    answer = TextAreaField(_l("Antwort der Stelle"), filters=[as_typed], render_kw={"rows": 4})
    close = BooleanField(
        _l("Anliegen als gelöst abschließen"), default=True, description=_l("Gilt nur, wenn Sie oben „gelöst“ wählen.")
    )
    ask_on = DayField(
        _l("Wieder nachfragen am"), [Optional()],
        description=_l("Nur bei „übernommen“: Sie bleiben Lotsin oder Lotse und bekommen eine Wiedervorlage."),
    )  # fmt: skip

    def ask_day(self) -> date | None:
        """Return the day for asking again, for what was taken over."""
        return self.ask_on.data if self.outcome.data == codes.ACCEPTED else None


def number_or_nobody(text: str | None) -> int:
    """Return the person that a field names, nobody for nonsense."""
    return whole_number(text or "") or NOBODY


def _shown(recipient: Recipient) -> str:
    words = [str(recipient.label), "" if recipient.email else _("telefonisch, ohne E-Mail")]
    return " – ".join(word for word in words if word)
