"""Field history: who changed which field of a record when, from what to what."""

from wf40.base.history import FieldChange, changes_of, changes_of_many, last_changed_by, record_changes

__all__ = ["FieldChange", "changes_of", "changes_of_many", "last_changed_by", "record_changes"]
