"""The network: every relation as a table, and the same ones as a picture."""

from collections.abc import Callable
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.sdk.errors import NotFound
from wf40.sdk.paging import page_number
from wf40.sdk.topics import TOPICS
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.web import reading
from wf40_partner_network import network, nodes
from wf40_partner_network.network import NetFilter
from wf40_partner_network.terms import RELATIONS
from wf40_partner_network.texts import _
from wf40_partner_network.views.blueprint import bp

PARAMETERS = {
    "q": "q", "topic": "thema", "kind": "art", "pair": "zwischen", "state": "stand", "around": "um", "order": "sortierung",
}  # fmt: skip


@bp.get("/netz")
def net() -> ResponseReturnValue:
    """Show the network."""
    with reading() as u:
        wanted = _wanted(u)
        page = network.relations(u, wanted, page_number(request.args.get("seite")))
        return render_template(
            "partner_network/network.html", page=page, wanted=wanted, address=_address(wanted), topics=TOPICS,
            kinds={code: kind.forth for code, kind in RELATIONS.items()}, pairs=_pairs(), states=_states(),
            around=nodes.node(u, wanted.around) if wanted.around else None, most=network.MOST_NODES,
            data_url=url_for("partner_network.net_data", **_arguments(wanted)),
        )  # fmt: skip


@bp.get("/netz/daten")
def net_data() -> ResponseReturnValue:
    """Give the nodes and links of the picture."""
    with reading() as u:
        drawn = network.picture(u, _wanted(u))
    return jsonify(nodes=drawn.nodes, links=drawn.links, leftOut=drawn.left_out)


def _wanted(u: UnitOfWork) -> NetFilter:
    """Return the filter that the address names; what nobody knows is left out."""
    args = request.args
    known = {"thema": TOPICS, "art": RELATIONS, "zwischen": network.PAIRS, "stand": network.STATES}
    chosen = {name: args[name] if args.get(name) in codes else "" for name, codes in known.items()}
    order = args.get("sortierung", "")
    order = order if order.removeprefix("-") in network.ORDERS else "von"
    q = args.get("q", "").strip()[:200]
    return NetFilter(
        q, chosen["thema"], chosen["art"], chosen["zwischen"], chosen["stand"], _around(u, args.get("um", "")), order
    )


def _around(u: UnitOfWork, key: str) -> str:
    try:
        return nodes.node(u, key).key if key else ""
    except NotFound:
        return ""


def _arguments(wanted: NetFilter) -> dict[str, Any]:
    """Return the address's parameters for a filter, without those that are as usual."""
    usual = NetFilter()
    values = {name: getattr(wanted, name) for name in PARAMETERS}
    return {PARAMETERS[name]: value for name, value in values.items() if value != getattr(usual, name)}


def _address(wanted: NetFilter) -> Callable[..., str]:
    """Return a function for templates: the list's address with some parameters changed or (``None``) left out."""
    return lambda **changed: url_for("partner_network.net", **{**_arguments(wanted), **changed})


def _pairs() -> dict[str, str]:
    return {
        "pp": _("Partner und Partner"),
        "pf": _("Partner und Unternehmen"),
        "ff": _("Unternehmen und Unternehmen"),
    }


def _states() -> dict[str, str]:
    return {"": _("Aktuelle"), "beendet": _("Beendete"), "alle": _("Alle")}
