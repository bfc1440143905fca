"""A into B while B goes into A: one of them is done, the other is refused, and no circle comes about."""

from concurrent.futures import ThreadPoolExecutor

from wf40.base.errors import DomainError
from wf40.core.firms import queries as firms
from wf40.core.merges import service
from wf40.core.merges.service import MergeInput


def test_a_into_b_while_b_goes_into_a(office, two):
    database, actor = office.product.database, office.actor("advisor")

    def merge(pair):
        try:
            with database.write(actor) as u:
                return service.merge(u, MergeInput(*pair, 1, 1))
        except DomainError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(merge, (two, two[::-1])))
    assert sorted(isinstance(result, DomainError) for result in results) == [False, True]
    with office.reading_as("advisor") as u:
        merged = [firms.firm(u, firm_id).merged_into_id for firm_id in two]
    assert merged in ([None, two[0]], [two[1], None])
