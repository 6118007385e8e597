"""Which rule a row of the frame breaks when a general check fails: by check and kind of entry."""

from collections.abc import Mapping

from duban.fillin.layout import PROJECT_STATUSES, STATUSES

CHECKS: Mapping[str, Mapping[str, str]] = {
    "required": {
        "progress.status": "status_missing",
        "progress.done": "progress_missing",
        "inputs.value": "figure_missing",
        "projects.item": "project_item_missing",
        "projects.name": "project_name_missing",
        "projects.owner": "project_owner_missing",
        "projects.due_on": "project_due_missing",
        "projects.progress": "project_progress_missing",
        "projects.status": "project_status_missing",
    },
    "status": {"progress.status": "status_unknown", "projects.status": "status_unknown"},
    "minimum": {"inputs.value": "figure_below_minimum", "projects.progress": "project_progress_out_of_range"},
    "maximum": {"inputs.value": "figure_above_maximum", "projects.progress": "project_progress_out_of_range"},
    "precision": {"inputs.value": "figure_too_precise"},
    "part": {"inputs.not_above": "part_above_whole"},
    "falls": {"inputs.never_falls": "figure_falls", "projects.progress": "project_progress_falls"},
    "complete": {"projects.progress": "project_finished_incomplete"},
    "year": {"progress.expected_on": "date_outside_year"},
}

# statuses as the frame spells them: with the kind of entry that may hold them
STATUS_WORDS = tuple(f"progress.status:{status}" for status in STATUSES.values())
PROJECT_STATUS_WORDS = tuple(f"projects.status:{status}" for status in PROJECT_STATUSES.values())
