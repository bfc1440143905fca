"""Answers and invitations for the demo town: two years of history, plausible by sector and size."""

import random
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from wf40.sdk.refs import FirmRef
from wf40.sdk.uow import UnitOfWork, requires
from wf40_digital_readiness import links
from wf40_digital_readiness.answering import NOTICE_VERSION
from wf40_digital_readiness.checks import ENGINE_VERSION, Check
from wf40_digital_readiness.models import CheckVersion, Invitation, Response
from wf40_digital_readiness.published import check_of, version_in_use
from wf40_digital_readiness.scores import add_score, asked_only
from wf40_digital_readiness.texts import _

SHARE_ANSWERED, MOST_ANSWERED, OPEN_INVITATIONS = 0.4, 150, 8
YEARS = 2 * 365
# How likely a condition is met, by WZ division; the order of sectors follows the official figures.
_BY_DIVISION = {
    **dict.fromkeys(("58", "59", "61", "62", "63"), 0.8),
    **dict.fromkeys(("69", "70", "71", "72", "73", "74", "78"), 0.58),
    **dict.fromkeys(("26", "27", "28", "29", "20", "21"), 0.52),
    **dict.fromkeys(("45", "46", "47", "79"), 0.45),
    **dict.fromkeys(("49", "52", "53", "77", "82"), 0.38),
    **dict.fromkeys(("10", "11", "16", "18", "25", "31", "32", "33"), 0.32),
    **dict.fromkeys(("41", "42", "43", "55", "56", "81", "95", "96"), 0.24),
}
_USUAL = 0.38
# Some conditions are met by nearly everybody, others by few.
_EASE = {
    "access.staff": 0.35, "access.bandwidth": 0.3, "cloud.use": 0.1, "visibility.social": 0.15, "processes.erp": 0.0,
    "processes.crm": -0.05, "data.analytics": -0.1, "data.ai": -0.22, "sales.online": -0.15,
}  # fmt: skip


@requires("digital_readiness.enter")
def fill(u: UnitOfWork, firms: Collection[FirmRef], seed: int) -> Iterable[str]:
    """Add responses, repeated checks a year later and open invitations; the same for the same seed."""
    dice = random.Random(f"digital_readiness {seed}")  # noqa: S311 - a fictional town, no secret
    ordered = sorted((f for f in firms if not f.archived and f.kind != "founder"), key=lambda f: f.id)
    chosen = dice.sample(ordered, min(MOST_ANSWERED, round(len(ordered) * SHARE_ANSWERED)))
    version = version_in_use(u)
    check = check_of(u, version.id)
    count = 0
    for firm in chosen:
        skill = _skill(dice, firm)
        day = u.now - timedelta(days=dice.randint(3, YEARS), minutes=dice.randint(0, 500))
        _respond(u, dice, version, check, firm, skill, day)
        count += 1
        if u.now - day > timedelta(days=380) and dice.random() < 0.35:
            later = day + timedelta(days=365 + dice.randint(-10, 40))
            if later < u.now:
                _respond(u, dice, version, check, firm, min(0.95, skill + dice.uniform(0.02, 0.2)), later)
                count += 1
    rest = [f for f in ordered if f not in set(chosen)]
    waiting = dice.sample(rest, min(OPEN_INVITATIONS, len(rest)))
    for firm in waiting:
        sent = u.now - timedelta(days=dice.randint(1, 45))
        row = _invitation(u, version, firm, sent)
        if dice.random() < 0.3:
            _begin(u, dice, version, check, row)
    return [
        _(
            "%(answers)s Antworten auf den Digitalcheck und %(open)s offene Einladungen",
            answers=count,
            open=len(waiting),
        )
    ]


def _begin(u: UnitOfWork, dice: random.Random, version: CheckVersion, check: Check, row: Invitation) -> None:
    at = row.opened_at = min(u.now, row.sent_at + timedelta(hours=5))
    first = {i.id for i in check.items_of(check.dimensions[0].id)}
    answers = {key: value for key, value in _answers(dice, check, 0.5).items() if key in first}
    draft = _response(version, row.unit_id, row.firm_id, at)
    draft.answers, draft.invitation_id, draft.notice_version = answers, row.id, NOTICE_VERSION
    u.session.add(draft)


def _response(version: CheckVersion, unit_id: int, firm_id: int, at: datetime) -> Response:
    return Response(
        unit_id=unit_id,
        firm_id=firm_id,
        check_version_id=version.id,
        check_id=version.check_id,
        version=version.version,
        sha256=version.sha256,
        engine_version=ENGINE_VERSION,
        answers={},
        channel="link",
        language="de",
        state="draft",
        started_at=at - timedelta(minutes=6),
        saved_at=at,
    )


def _skill(dice: random.Random, firm: FirmRef) -> float:
    size = {True: 0.1, False: 0.0}[(firm.employees or 0) >= 50] - (0.06 if (firm.employees or 0) < 10 else 0)
    return min(0.95, max(0.05, _BY_DIVISION.get(firm.division, _USUAL) + 0.12 + size + dice.gauss(0, 0.16)))


def _answers(dice: random.Random, check: Check, skill: float) -> dict[str, object]:
    given: dict[str, object] = {}
    for item in check.items:
        options = {option.id for option in item.options}
        roll, likely = dice.random(), skill + _EASE.get(item.id, 0.0)
        if roll < 0.04:
            given[item.id] = "dk"
        elif "na" in options and roll < 0.12:
            given[item.id] = "na"
        elif dice.random() < likely:
            given[item.id] = "yes"
        else:
            given[item.id] = "part" if "part" in options and dice.random() < 0.4 else "no"
    return asked_only(check, given)  # type: ignore[arg-type]


def _respond(
    u: UnitOfWork, dice: random.Random, version: CheckVersion, check: Check, firm: FirmRef, skill: float, at: datetime
) -> None:
    on_paper = dice.random() < 0.2
    invitation = None if on_paper else _invitation(u, version, firm, at - timedelta(days=dice.randint(1, 12)))
    if invitation:
        invitation.opened_at, invitation.submitted_at = at - timedelta(minutes=6), at
        invitation.result_until = at + links.RESULT_FOR
    recent = u.now - at < timedelta(days=12)
    row = _response(version, firm.unit_id, firm.id, at)
    row.invitation_id = invitation.id if invitation else None
    row.channel, row.notice_version = ("paper", "") if on_paper else ("link", NOTICE_VERSION)
    row.answers, row.state, row.answered_on, row.submitted_at = _answers(dice, check, skill), "submitted", at.date(), at
    row.seen_at = at if on_paper else None if recent else at + timedelta(days=1)
    row.callback_wished_at = at + timedelta(minutes=2) if invitation and dice.random() < 0.15 else None
    row.entered_by = u.actor.name if on_paper else ""
    if row.callback_wished_at and not recent:
        row.callback_done_at = at + timedelta(days=1)
    u.session.add(row)
    u.session.flush()
    add_score(u, check, row, at)


def _invitation(u: UnitOfWork, version: CheckVersion, firm: FirmRef, sent: datetime) -> Invitation:
    row = Invitation(
        unit_id=firm.unit_id,
        firm_id=firm.id,
        contact_id=None,
        check_version_id=version.id,
        token_digest=links.digest(links.new_token()),  # nobody knows the secret, not even from the seed
        language="de",
        officer_id=firm.officer_id,
        officer_name=u.actor.name,
        created_at=sent,
        sent_at=sent,
        expires_at=sent + links.ANSWER_WITHIN,
    )
    u.session.add(row)
    u.session.flush()
    return row
