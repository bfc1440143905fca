"""Two entries of the same partner: search the other one, compare, merge."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wf40.sdk.checks import whole_number
from wf40.sdk.errors import InvalidInput, StaleVersion
from wf40.sdk.services import Firms
from wf40.sdk.web import done, reading, writing
from wf40_partner_network import merging, queries
from wf40_partner_network.handed_on import HandedOn, handed_on
from wf40_partner_network.merging import CHOSEN, MergeInput
from wf40_partner_network.network import relations_of
from wf40_partner_network.terms import KINDS
from wf40_partner_network.texts import _
from wf40_partner_network.views.blueprint import bp, partner_url


@bp.get("/<int:partner_id>/zusammenfuehren")
def choose_other(partner_id: int) -> ResponseReturnValue:
    """Search the other entry of the same partner, or compare both once it is chosen."""
    if other_id := whole_number(request.args.get("mit")):
        return _compare(partner_id, other_id)
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        row = queries.partner_to_edit(u, partner_id)
        hits = queries.doubles(u, row, q)
        return render_template("partner_network/choose_other.html", partner=row, q=q, hits=hits, kinds=KINDS)


def _compare(kept_id: int, other_id: int, fault: str = "", status: int = 200) -> ResponseReturnValue:
    with reading() as u:
        kept, other = merging.pair(u, kept_id, other_id)
        firms = u.service(Firms).many(u, [row.firm_id for row in (kept, other) if row.firm_id])
        choices = merging.side_by_side(kept, other, {firm.id: firm.name for firm in firms.values()})
        counts = handed_on(u, [kept.id, other.id])
        hanging = [
            (row, queries.topics_of(row), len(row.people), len(relations_of(u, f"p-{row.id}")),
             len(counts.get(row.id, HandedOn()).concerns))
            for row in (kept, other)
        ]  # fmt: skip
        page = render_template(
            "partner_network/merge.html", kept=kept, other=other, choices=choices, hanging=hanging, fault=fault
        )
    return page, status


@bp.post("/<int:partner_id>/zusammenfuehren")
def merge(partner_id: int) -> ResponseReturnValue:
    """Merge; one that was changed meanwhile is shown again."""
    typed = request.form
    other_id = whole_number(typed.get("other_id")) or 0
    given = MergeInput(
        kept_id=partner_id,
        other_id=other_id,
        kept_version=whole_number(typed.get("kept_version")) or 0,
        other_version=whole_number(typed.get("other_version")) or 0,
        take={name: typed[name] for name in CHOSEN if name in typed},
    )
    try:
        with writing() as u:
            moves = merging.merge(u, given)
    except StaleVersion as error:
        return _compare(partner_id, other_id, str(error), 409)
    except InvalidInput as error:
        return _compare(partner_id, other_id, str(error), 422)
    return done(_("Die Partner sind zusammengeführt. %(moves)s.", moves=moves.words), partner_url(partner_id))
