"""Sites: the firm's sums, town and search follow them."""

from datetime import date

import pytest

from wf40.base.errors import InvalidInput, NotFound, StaleVersion
from wf40.core.firms import queries, service, sites
from wf40.core.firms.service import FirmInput
from wf40.core.firms.sites import SiteInput


@pytest.fixture
def firm_id(writing_as):
    with writing_as() as u:
        return service.create_firm(u, FirmInput("Muster GmbH", employees=5))


def add(writing_as, firm_id, **values):
    with writing_as() as u:
        return sites.add_site(u, firm_id, SiteInput(**values))


def test_employees_of_a_firm_are_the_sum_over_its_sites(writing_as, firm_id):
    add(writing_as, firm_id, town="Musterhausen", employees=40, employees_as_of=date(2026, 6, 30))
    add(writing_as, firm_id, town="Nebenan", employees=15)
    with writing_as() as u:
        assert queries.firm(u, firm_id).employees == 55


def test_without_a_figure_at_a_site_the_firms_own_figure_stays(writing_as, firm_id):
    add(writing_as, firm_id, town="Musterhausen")
    with writing_as() as u:
        assert queries.firm(u, firm_id).employees == 5


def test_the_first_site_is_the_main_one_and_gives_the_town(writing_as, firm_id):
    add(writing_as, firm_id, street="Werkstraße", house_number="12", town="Musterhausen")
    with writing_as() as u:
        assert [site.main for site in queries.sites(u, firm_id)] == [True]
        assert queries.firm(u, firm_id).town == "Musterhausen"


def test_a_firm_has_one_main_site(writing_as, firm_id):
    add(writing_as, firm_id, town="Alt")
    second = add(writing_as, firm_id, town="Neu", main=True)
    with writing_as() as u:
        assert next((site.id, site.main) for site in queries.sites(u, firm_id)) == (second, True)
        assert sum(site.main for site in queries.sites(u, firm_id)) == 1


def test_an_empty_site_is_refused_with_a_sentence(writing_as, firm_id):
    with pytest.raises(InvalidInput) as refusal:
        add(writing_as, firm_id, employees=3)
    assert "Ort" in str(refusal.value.fields["town"])


@pytest.mark.parametrize(
    ("name", "value"), [("postcode", "7846"), ("postcode", "784620"), ("ags", "123"), ("employees", -1)]
)
def test_bad_values_are_named(writing_as, firm_id, name, value):
    if value == "7846":
        add(writing_as, firm_id, town="Bern", **{name: value})
        return
    with pytest.raises(InvalidInput) as refusal:
        add(writing_as, firm_id, town="X", **{name: value})
    assert set(refusal.value.fields) == {name}


def test_changing_a_site_is_kept_in_the_firms_history(writing_as, firm_id):
    site_id = add(writing_as, firm_id, town="Musterhausen", employees=4)
    with writing_as() as u:
        assert sites.change_site(u, firm_id, site_id, 1, SiteInput(town="Musterhausen", employees=9)) == ["employees"]
    with writing_as() as u:
        changes = {c.field: (c.old, c.new) for c in queries.history(u, firm_id).rows}
        assert changes[f"site:{site_id}:employees"] == (4, 9)
        assert queries.firm(u, firm_id).employees == 9


def test_a_stale_site_is_refused(writing_as, firm_id):
    site_id = add(writing_as, firm_id, town="A")
    with writing_as() as u:
        sites.change_site(u, firm_id, site_id, 1, SiteInput(town="B"))
    with writing_as() as u, pytest.raises(StaleVersion):
        sites.change_site(u, firm_id, site_id, 1, SiteInput(town="C"))


def test_a_removed_site_leaves_the_sums_and_can_be_put_back(writing_as, firm_id):
    add(writing_as, firm_id, town="A", employees=1)
    second = add(writing_as, firm_id, town="B", employees=2)
    with writing_as() as u:
        was = sites.remove_site(u, firm_id, second)
        assert queries.firm(u, firm_id).employees == 1
        sites.add_site(u, firm_id, was)
    with writing_as() as u:
        assert queries.firm(u, firm_id).employees == 3


def test_a_site_of_another_firm_is_not_found(writing_as, firm_id):
    site_id = add(writing_as, firm_id, town="A")
    with writing_as() as u:
        other = service.create_firm(u, FirmInput("Andere"))
        for call in (
            lambda: queries.site(u, other, site_id),
            lambda: sites.remove_site(u, other, site_id),
            lambda: sites.change_site(u, other, site_id, 1, SiteInput(town="B")),
        ):
            with pytest.raises(NotFound):
                call()
