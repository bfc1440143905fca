"""Published checks: the shipped one is stored when it is first needed, and stored ones are read back."""

import json

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from wf40.sdk.errors import NotFound
from wf40.sdk.uow import UnitOfWork
from wf40_digital_readiness.checks import ENGINE_VERSION, Check, canonical_json, check_from_data
from wf40_digital_readiness.content import shipped_check
from wf40_digital_readiness.models import CheckVersion

_loaded: dict[str, Check] = {}


def version_in_use(u: UnitOfWork) -> CheckVersion:
    """Return the stored version of the shipped check; the first write that needs it stores it."""
    check = shipped_check()
    row = _stored(u, check)
    if row is None:
        try:
            with u.session.begin_nested():
                row = CheckVersion(
                    check_id=check.id,
                    version=check.version,
                    sha256=check.sha256,
                    data=canonical_json(check.data),
                    engine_version=ENGINE_VERSION,
                    published_at=u.now,
                )
                u.session.add(row)
        except IntegrityError:  # another process published it at the same moment
            row = _stored(u, check)
    assert row is not None  # noqa: S101 - stored by one of the two
    return row


def problem(u: UnitOfWork) -> str:
    """Return what is wrong with the published check, empty when nothing is."""
    check = shipped_check()
    row = _stored(u, check)
    if row is not None and row.sha256 != check.sha256:
        return f"{check.id} {check.version}: the shipped file differs from what was published under this version"
    return ""


def check_of(u: UnitOfWork, check_version_id: int) -> Check:
    """Return a published check by the id of its row; raises :class:`NotFound`."""
    row = u.session.get(CheckVersion, check_version_id)
    if row is None:
        raise NotFound
    if row.sha256 not in _loaded:
        _loaded[row.sha256] = check_from_data(json.loads(row.data))
    return _loaded[row.sha256]


def _stored(u: UnitOfWork, check: Check) -> CheckVersion | None:
    wanted = select(CheckVersion).where(CheckVersion.check_id == check.id, CheckVersion.version == check.version)
    return u.session.scalar(wanted)
