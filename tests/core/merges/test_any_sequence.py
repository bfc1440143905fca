"""Whatever is created, edited, merged and separated in whatever order: the office stays consistent, nothing is lost."""

import hashlib
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from wf40.base.db import Base
from wf40.base.errors import InvalidInput
from wf40.core.concerns.models import Concern
from wf40.core.concerns.service import ConcernInput, add_concern
from wf40.core.consultations.models import Consultation
from wf40.core.consultations.service import ConsultationInput, add_consultation
from wf40.core.contacts.models import Contact
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.firms import queries as firms
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.service import FirmInput, change_firm, create_firm
from wf40.core.firms.sites import SiteInput, add_site
from wf40.core.merges import service
from wf40.core.merges.models import FirmMerge
from wf40.core.merges.service import MergeInput

TODAY = date(2026, 11, 21)
PICK = st.integers(0, 9)
HANGING = (Contact, Consultation, Concern)
NAMING = (*HANGING, Site)
CONTENT = (
    "campaign_member", "concern", "consultation", "consultation_participant", "contact", "custom_field_value", "firm",
    "firm_match_key", "firm_name", "firm_tag", "handover", "import_row", "mailing_recipient", "risk_override", "signal",
    "site", "task",
)  # fmt: skip
COUNTED_UP = {"version", "updated_at", "search_text"}


def content(office):
    """Return one number for what is stored about firms, without counters of versions."""
    digest = hashlib.sha256()
    with office.reading_as("advisor") as u:
        for name in CONTENT:
            table = Base.metadata.tables[name]
            columns = [column for column in table.columns if column.name not in COUNTED_UP]
            rows = sorted(repr(tuple(row)) for row in u.session.execute(select(*columns)))
            digest.update(f"{name} {rows}".encode())
    return digest.hexdigest()


def machine(office):  # noqa: C901 - a class
    """Return the machine that works in an office; each of its runs begins with firms of its own."""

    class Merging(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.firms, self.open, self.home = [], [], {}

        def pick(self, number, alone=False):
            """Return a firm; ``alone`` one that stands on its own."""
            if not alone:
                return self.firms[number % len(self.firms)]
            gone = {pair[1] for pair in self.open}
            standing = [firm_id for firm_id in self.firms if firm_id not in gone]
            return standing[number % len(standing)]

        def kept(self, firm_id):
            """Return the firm that one stands for now."""
            for keep, gone in self.open:
                firm_id = keep if firm_id == gone else firm_id
            return firm_id

        @initialize()
        def town(self):
            for number in range(3):
                self.create(number)

        @rule(number=PICK)
        def create(self, number):
            with office.writing_as("advisor") as u:
                given = FirmInput(f"Muster {number} GmbH", email=f"info@m{number}.example" if number % 2 else "")
                self.firms.append(create_firm(u, given))

        @rule(number=PICK, phone=st.sampled_from(["", "07531 1", "07531 2"]))
        def edit(self, number, phone):
            firm_id = self.pick(number, alone=True)
            with office.writing_as("advisor") as u:
                row = firms.firm(u, firm_id)
                change_firm(u, firm_id, row.version, FirmInput(row.name, phone=phone, email=row.email, town=row.town))

        @rule(number=PICK, kind=st.sampled_from(HANGING))
        def add(self, number, kind):
            firm_id = self.pick(number)
            with office.writing_as("advisor") as u:
                if kind is Contact:
                    key = add_contact(u, firm_id, ContactInput("Muster"))
                elif kind is Consultation:
                    key = add_consultation(u, firm_id, ConsultationInput("call", "phone", TODAY, occasion="Fläche"))
                else:
                    key = add_concern(u, firm_id, ConcernInput("space", "Halle", ""))
            self.home[kind, key] = self.kept(firm_id)

        @rule(number=PICK, street=st.sampled_from(["", "Weg", "Gasse"]), people=st.sampled_from([None, 5, 7]))
        def site(self, number, street, people):
            firm_id = self.pick(number, alone=True)
            with office.writing_as("advisor") as u:
                add_site(u, firm_id, SiteInput(street=street, town="Musterhausen", employees=people))

        @rule(one=PICK, other=PICK, name=st.sampled_from(["keep", "gone"]))
        def merge(self, one, other, name):
            pair = self.pick(one, alone=True), self.pick(other, alone=True)
            if pair[0] != pair[1]:
                self.open.append(pair)
                merged(office, pair, name)

        @rule(one=PICK, other=PICK, name=st.sampled_from(["keep", "gone"]))
        def merge_and_separate_at_once(self, one, other, name):
            pair = self.pick(one, alone=True), self.pick(other, alone=True)
            if pair[0] != pair[1]:
                before = content(office)
                separated(office, merged(office, pair, name))
                assert content(office) == before

        @rule()
        def separate_the_last(self):
            if self.open:
                keep, gone = self.open.pop()
                separated(office, number_of(office, keep, gone))

        @rule(number=PICK)
        def separate_any(self, number):
            """Any merge may be tried: it is taken back, or refused because a later one rests on it."""
            if not self.open:
                return
            place = number % len(self.open)
            keep, gone = self.open[place]
            later = {firm_id for pair in self.open[place + 1 :] for firm_id in pair}
            if later & {keep, gone}:
                with pytest.raises(InvalidInput, match="zuerst"):
                    separated(office, number_of(office, keep, gone))
            else:
                separated(office, number_of(office, keep, gone))
                del self.open[place]

        @invariant()
        def no_row_names_a_firm_that_is_gone(self):
            with office.reading_as("advisor") as u:
                gone = select(Firm.id).where(Firm.merged_into_id.is_not(None))
                for model in HANGING:
                    assert not u.session.scalar(select(func.count()).where(model.firm_id.in_(gone))), model
                assert not u.session.scalar(select(func.count()).where(Firm.merged_into_id.in_(gone)))
                alone = select(func.count()).where(Firm.merged_into_id.is_not(None), Firm.archived_at.is_(None))
                assert not u.session.scalar(alone)

        @invariant()
        def everything_stands_where_it_belongs(self):
            with office.reading_as("advisor") as u:
                for (model, key), home in self.home.items():
                    assert u.session.get(model, key).firm_id == self.kept(home)

        @invariant()
        def each_firm_has_one_main_site_and_the_sum_of_its_people(self):
            with office.reading_as("advisor") as u:
                for firm_id in self.firms:
                    row, places = firms.firm(u, firm_id), firms.sites(u, firm_id)
                    assert sum(place.main for place in places) == min(1, len(places))
                    known = [place.employees for place in places if place.employees is not None]
                    assert not known or row.employees == sum(known)

        def teardown(self):
            """In the end all can be separated again, and each finds what was entered for it."""
            while self.open:
                self.separate_the_last()
            self.everything_stands_where_it_belongs()

    return Merging


def merged(office, pair, name):
    with office.writing_as("advisor") as u:
        versions = [firms.firm(u, firm_id).version for firm_id in pair]
        return service.merge(u, MergeInput(*pair, *versions, {"name": name} if differ(u, pair) else {}))


def differ(u, pair):
    return len({firms.firm(u, firm_id).name for firm_id in pair}) == 2


def number_of(office, keep, gone):
    with office.reading_as("advisor") as u:
        rows = select(FirmMerge.id).where(FirmMerge.keep_id == keep, FirmMerge.gone_id == gone)
        return u.session.scalars(rows.where(FirmMerge.undone_at.is_(None))).one()


def separated(office, number):
    with office.writing_as("advisor") as u:
        service.unmerge(u, number)


def test_any_sequence_leaves_a_consistent_office(office, database_kind):
    examples = 12 if database_kind == "sqlite" else 4
    health = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine(office),
        settings=settings(max_examples=examples, stateful_step_count=12, deadline=None, suppress_health_check=health),
    )
