"""What other parts read from answers: indicators for the risk score, and the box on a firm's page."""

from collections.abc import Collection, Iterable
from typing import Any

from wf40.sdk.i18n import current_language
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.values import Indicator
from wf40_digital_readiness import queries
from wf40_digital_readiness.checks import in_language
from wf40_digital_readiness.published import check_of
from wf40_digital_readiness.results import level_titles
from wf40_digital_readiness.texts import KEY, _l

AT_ONCE = 500


def indicators(u: UnitOfWork, firm_ids: Collection[int]) -> Iterable[Indicator]:
    """Yield one indicator for each concept of each firm's newest answers; unknown ones span [0, 1]."""
    wanted = list(firm_ids)
    for start in range(0, len(wanted), AT_ONCE):
        for row, score in queries.newest_answers(u, wanted[start : start + AT_ONCE]):
            check = check_of(u, row.check_version_id)
            asked = {item.concept: item for item in check.items}
            for concept, value in score.concepts.items():
                yield Indicator(
                    firm_id=row.firm_id,
                    concept=concept,
                    low=0.0 if value is None else value,
                    high=1.0 if value is None else value,
                    observed_on=row.answered_on or row.started_at.date(),
                    source=_l("Digitalcheck"),
                    label=in_language(asked[concept].text, current_language()) if concept in asked else "",
                    url=f"/p/{KEY}/antworten/{row.id}",
                )


def panel_values(u: UnitOfWork, firm_id: int) -> dict[str, Any]:
    """Return what the firm's box shows."""
    standing = queries.of_firm(u, firm_id)
    level, bars = "", []
    if standing.check and standing.score:
        language = current_language()
        level = level_titles(standing.check, language).get(standing.score.level, "")
        titles = {d.id: in_language(d.title, language) for d in standing.check.dimensions}
        bars = [(titles[d["id"]], None if d["value"] is None else round(d["value"])) for d in standing.score.dimensions]
    return {
        "row": standing.row,
        "score": standing.score,
        "invitation": standing.invitation,
        "level": level,
        "bars": bars,
    }
