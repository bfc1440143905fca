"""When a job is due. Our own small rule, because a calendar day has no, one or two half past two."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wf40.sdk.values import Daily, Every


def latest_due(rule: Every | Daily, now: datetime, timezone: str) -> datetime:
    """Return the newest moment (UTC) at or before ``now`` at which the rule is due.

    A daily rule has exactly one moment a calendar day: a local time that the spring change leaves out counts as the
    same span after midnight, one that the autumn change repeats counts the first time.
    """
    if isinstance(rule, Every):
        step = rule.minutes * 60
        return datetime.fromtimestamp(now.timestamp() // step * step, UTC)
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        # fold=0 takes the first of two; for a time left out it applies the offset before the change, which
        # gives a moment just after the gap. Going through UTC makes it a real moment of that day.
        moment = datetime.combine(day, rule.at, zone).astimezone(UTC)
        if moment <= now:
            return moment
    return moment - timedelta(days=1)
