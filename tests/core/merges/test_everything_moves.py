"""Whatever hangs on a firm moves when it is merged, and comes back; a table that nobody thought of is named here."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

import wf40.core.bulk.models
import wf40.core.duplicates.models  # noqa: F401 - all tables are known
from wf40.base.db import Base
from wf40.core.campaigns.models import Campaign, CampaignMember
from wf40.core.concerns.service import ConcernInput, add_concern
from wf40.core.consultations.service import ConsultationInput, add_consultation
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.custom_fields.models import CustomField, CustomFieldValue
from wf40.core.firms.models import FirmName
from wf40.core.firms.service import FirmInput, create_firm
from wf40.core.imports.models import ImportRow
from wf40.core.imports.service import UploadInput, begin
from wf40.core.mailings.models import Distribution, Mailing, MailingRecipient
from wf40.core.merges import queries
from wf40.core.risk.models import RiskOverride
from wf40.core.risk.service import OverrideInput, set_light
from wf40.core.signals.service import SignalInput, record_signal
from wf40.core.tags.models import FirmTag, Tag
from wf40.core.tasks.service import TaskInput, add_task

TODAY = date(2026, 11, 21)
MOVE = {
    "campaign_member.firm_id", "concern.firm_id", "consultation.firm_id", "contact.firm_id",
    "custom_field_value.firm_id", "firm.merged_into_id", "firm.parent_id", "firm_name.firm_id", "firm_tag.firm_id",
    "mailing_recipient.firm_id", "risk_override.firm_id", "signal.firm_id", "site.firm_id", "task.firm_id",
}  # fmt: skip
STAY = {
    "bulk_item.firm_id": "says what a change of many did to this entry",
    "custom_field_sheet.firm_id": "counts how often the own fields of this entry were saved",
    "duplicate_pair.firm_a": "says that these two entries looked alike",
    "duplicate_pair.firm_b": "as above",
    "firm_match_key.firm_id": "removed: the kept firm carries the names",
    "firm_merge.gone_id": "says what is merged",
    "firm_merge.keep_id": "as above",
    "firm_to_match.firm_id": "says that this entry changed",
    "import_row.firm_id": "proves which line made this entry; what was decided about a line moves",
    "risk_history.firm_id": "what the score of this entry was",
    "risk_score.firm_id": "computed anew for both",
}
"""Columns that name a firm and do not move, and why."""


def test_each_column_that_names_a_firm_moves_or_says_why_not():
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        if not table.name.startswith(("digital_readiness_", "follow_up_", "partner_network_", "beside_", "t_"))
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "firm.id"
    }
    assert found == MOVE | set(STAY)


def furnish(office, firm_id):
    """Let something of each kind hang on a firm."""
    with office.app.test_request_context(), office.writing_as("advisor") as u:
        add_contact(u, firm_id, ContactInput("Muster", email="a@muster.example"))
        add_consultation(u, firm_id, ConsultationInput("call", "phone", TODAY, occasion="Fläche"))
        add_concern(u, firm_id, ConcernInput("space", "Halle zu klein", ""))
        add_task(u, firm_id, TaskInput("Anrufen", TODAY, u.actor.user_id, ""))
        record_signal(u, firm_id, SignalInput("other", "Umzug", TODAY))
        create_firm(u, FirmInput("Tochter GmbH", parent_id=firm_id))
        run = begin(u, UploadInput("Liste", "public_task"), "a.csv", b"Name\nX", "0" * 64)
        u.session.add(ImportRow(run_id=run, row_no=1, firm_id=firm_id, choice=firm_id, detail={}))
        its_list = Distribution(
            unit_id=1, title="Liste", purpose="information", source="firms", query="", filters=[], created_at=u.now,
            updated_at=u.now, drawn_at=u.now,
        )  # fmt: skip
        u.session.add(its_list)
        u.session.flush()
        mailing = Mailing(
            distribution_id=its_list.id, channel="letter", subject="S", body="B", created_at=u.now, updated_at=u.now
        )
        tag = Tag(unit_id=1, name="Messe", name_key="messe", created_at=u.now, updated_at=u.now)
        field = CustomField(
            unit_id=1, kind="text", name="Feld", name_key="feld", position=1, created_at=u.now, updated_at=u.now
        )
        u.session.add_all([mailing, tag, field])
        u.session.flush()
        u.session.add(MailingRecipient(mailing_id=mailing.id, firm_id=firm_id))
        u.session.add(FirmTag(firm_id=firm_id, tag_id=tag.id))
        u.session.add(CustomFieldValue(firm_id=firm_id, field_id=field.id, words="x", words_key="x"))
        u.session.add(CampaignMember(campaign_id=campaign(u), firm_id=firm_id, state="waiting"))
    with office.writing_as("advisor") as u:
        set_light(u, firm_id, OverrideInput("green", "Gespräch geführt am Montag", TODAY + timedelta(days=9)))


def campaign(u):
    row = Campaign(unit_id=1, title="A", outreach_key="k", outreach_label="K", state="running", created_at=u.now)
    u.session.add(row)
    u.session.flush()
    return row.id


def at_firm(office, firm_id):
    """Return how many rows name a firm, by column; of those that move."""
    found = {}
    with office.reading_as("advisor") as u:
        for name in sorted(MOVE | {"import_row.choice"}):
            table, column = name.split(".")
            rows = Base.metadata.tables[table]
            found[name] = u.session.scalar(select(func.count()).select_from(rows).where(rows.c[column] == firm_id))
    return found


def test_everything_moves_and_comes_back(office, two, merge, separate):
    keep, gone = two
    furnish(office, gone)
    before = at_firm(office, keep), at_firm(office, gone)
    assert [n for n, count in before[1].items() if not count] == [
        "firm.merged_into_id",
        "firm_name.firm_id",
        "site.firm_id",
    ]
    done = merge(keep, gone)
    assert {n for n, count in at_firm(office, gone).items() if count} == set()
    now = at_firm(office, keep)
    assert {n: now[n] for n in before[1] if before[1][n]} == {n: c for n, c in before[1].items() if c}
    with office.reading_as("advisor") as u:
        told = {part.label: part.count for part in queries.merge(u, done).parts}
        assert (told["Ansprechpersonen"], told["Gespräche & Besuche"], told["Zugehörige Unternehmen"]) == (1, 1, 1)
    result = separate(done)
    assert (at_firm(office, keep), at_firm(office, gone)) == before
    assert sum(part.stays for part in result.returned) == 0


def test_what_came_later_stays_with_the_kept_firm(office, two, merge, separate):
    keep, gone = two
    with office.writing_as("advisor") as u:
        add_contact(u, gone, ContactInput("Alt"))
    done = merge(keep, gone)
    with office.writing_as("advisor") as u:
        add_contact(u, gone, ContactInput("Neu"))  # sent from a form that was open before
    separate(done)
    with office.reading_as("advisor") as u:
        rows = u.session.execute(text("SELECT family_name, firm_id FROM contact ORDER BY id")).all()
        assert [tuple(row) for row in rows] == [("Alt", gone), ("Neu", keep)]


@pytest.mark.parametrize("mine", ["waiting", "sent"])
@pytest.mark.parametrize("other", ["waiting", "sent"])
def test_of_two_places_in_one_campaign_the_kept_firm_has_the_one_that_was_sent(
    office, two, merge, separate, mine, other
):
    keep, gone = two
    with office.writing_as("advisor") as u:
        key = campaign(u)
        for firm_id, state in ((keep, mine), (gone, other)):
            u.session.add(CampaignMember(campaign_id=key, firm_id=firm_id, state=state))

    def places():
        with office.reading_as("advisor") as u:
            return dict(u.session.execute(select(CampaignMember.firm_id, CampaignMember.state)).all())

    done = merge(keep, gone)
    assert places()[keep] == ("sent" if "sent" in (mine, other) else "waiting")
    separate(done)
    assert places() == {keep: mine, gone: other}


def test_a_light_set_by_hand_gives_way_to_the_kept_firms(office, two, merge, separate, count):
    with office.writing_as("lead") as u:
        for firm_id in two:
            set_light(u, firm_id, OverrideInput("green", "Gespräch geführt am Montag", TODAY + timedelta(days=9)))
    done = merge(*two)
    assert [count(RiskOverride, firm_id) for firm_id in two] == [1, 1]
    with office.reading_as("advisor") as u:
        assert "Von Hand gesetzte Ampel" in {part.label for part in queries.merge(u, done).parts}


def test_a_former_name_of_both_stays_where_it_is(office, two, merge, separate, count):
    with office.writing_as("advisor") as u:
        keep, gone = (create_firm(u, FirmInput(n, former_names=("Alt",))) for n in ("Neu GmbH", "Neu"))
    done = merge(keep, gone)
    assert (count(FirmName, keep), count(FirmName, gone)) == (2, 1)
    separate(done)
    assert (count(FirmName, keep), count(FirmName, gone)) == (1, 1)
