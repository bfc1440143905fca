"""What plugins add to the search, and what becomes of it when they are switched off and on."""

import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.core.admin import service as admin
from wf40.core.search.models import IndexState, SearchedRecord
from wf40.sdk.hookspecs import Spec
from wf40.sdk.services import Search


@pytest.fixture
def plugins():
    return ("partner_network",)


def test_partners_are_found_with_the_people_there_while_the_plugin_is_on(office, titles):
    client = office.client_as("advisor")
    given = {"name": "Handwerkskammer Südwest", "kind": "chamber", "phone": "07531 2050", "town": "Konstanz"}
    assert client.post("/p/partner_network/neu", data=given).status_code == 303
    person = {"name": "Zacharias Öttinger", "role": "Beratung"}
    assert client.post("/p/partner_network/1/personen/neu", data=person).status_code == 303
    for query in ("kammer", "7531 2050", "oettinger", "Öttinger konstanz"):
        assert titles(query) == ["Handwerkskammer Südwest"], query
    office.work()
    product = office.product
    with product.database.write(Actor.system()) as u:
        admin.disable_plugin(u, "partner_network")
    product.gate.follow()
    assert titles("kammer") == []
    office.work()
    with product.database.write(Actor.system()) as u:
        # What happens while it is off is nobody's to tell.
        u.service(Search).drop(u, "partner_network", [1])
        assert "partner_network" not in set(u.session.scalars(select(IndexState.kind)))
    admin.enable_plugin(product.database, product.registry, "partner_network", Actor.system())
    product.gate.follow()
    office.work()
    assert titles("kammer") == ["Handwerkskammer Südwest"]


def test_every_provider_keeps_to_the_contract(office):
    with office.app.test_request_context(), office.reading_as("advisor") as u:
        given = office.product.hooks.each(Spec.search_providers)
        assert len({p.kind for p in given}) == len(given) >= 8
        endpoints = {rule.endpoint: rule.arguments for rule in office.app.url_map.iter_rules()}
        for provider in given:
            assert endpoints[provider.page] == {provider.argument}
            assert provider.creation is None or not endpoints[provider.creation.endpoint]
            assert list(provider.documents(u, [999])) == list(provider.hits(u, [999])) == []
            assert list(provider.ids(u, 0, 5)) == []
        assert u.session.scalar(select(SearchedRecord.kind)) is None
