"""Dealing faults out, and the faults there are."""

import random

from injecting.cells import CELLS, odd, typing
from injecting.doubts import (
    done_below_target,
    figure_jumps,
    figure_outlies,
    known_project_overdue,
    lead_without_project,
    not_applicable_unexplained,
    project_due_moved,
    project_due_outside_year,
    project_overdue,
    text_copied,
    text_repeated,
    text_says_nothing,
)
from injecting.figures import (
    figure_above_maximum,
    figure_below_minimum,
    figure_falls,
    figure_too_precise,
    part_above_whole,
    part_of_an_unreadable_whole,
    whole_falls_below_its_part,
)
from injecting.injection import Injection, Injector, NoPlace
from injecting.notices import cleaned, cleaned_date, macros_present, outside_cell
from injecting.projects import (
    finished_without_progress,
    negative_project_progress,
    project_finished_incomplete,
    project_item_not_owed,
    project_progress_falls,
    project_repeated,
    project_vanished,
)
from injecting.rows import row_missing, row_not_owed, row_repeated, row_unknown, row_without_key
from injecting.statuses import (
    blank_status_and_progress,
    done_with_an_unreadable_date,
    done_without_date,
    not_applicable_with_figures,
    not_started_and_silent,
    not_started_with_progress,
    unknown_status_and_blank_figures,
    unknown_status_without_date,
)
from injecting.structure import STRUCTURE

CONTENT: dict[str, Injector] = {
    **{f"{rule} in {tab}": typing(rule, tab, *rest) for rule, tab, *rest in CELLS},
    "error_cell": odd("error_cell", ("#REF!", "#DIV/0!", "#N/A", "#VALUE!")),
    "formula_without_value": odd("formula_without_value", ("=SUM(K4:K9)", "=K2*2")),
    **{
        inject.__name__: inject
        for inject in (
            done_without_date,
            done_with_an_unreadable_date,
            not_started_with_progress,
            not_started_and_silent,
            blank_status_and_progress,
            unknown_status_without_date,
            not_applicable_with_figures,
            unknown_status_and_blank_figures,
            figure_below_minimum,
            figure_above_maximum,
            figure_too_precise,
            part_above_whole,
            part_of_an_unreadable_whole,
            figure_falls,
            whole_falls_below_its_part,
            row_missing,
            row_repeated,
            row_unknown,
            row_without_key,
            row_not_owed,
            project_item_not_owed,
            project_repeated,
            project_finished_incomplete,
            finished_without_progress,
            project_vanished,
            project_progress_falls,
            negative_project_progress,
            not_applicable_unexplained,
            text_says_nothing,
            text_repeated,
            text_copied,
            done_below_target,
            figure_jumps,
            figure_outlies,
            lead_without_project,
            project_due_moved,
            project_overdue,
            known_project_overdue,
            project_due_outside_year,
            outside_cell,
            cleaned,
            cleaned_date,
            macros_present,
        )
    },
}


def inject_structure(one: Injection, number: int) -> None:
    """Faults for which the whole file goes back; the `number` tells which."""
    for name, inject in STRUCTURE[number % len(STRUCTURE)].items():
        inject(one)
        one.injected.append(name)


class Deck:
    """Deals the faults of content out evenly: each comes as often as there is a place for it."""

    def __init__(self, rng: random.Random, injectors: dict[str, Injector] = CONTENT):
        self.rng, self.injectors, self.cards = rng, injectors, []

    def inject(self, one: Injection, count: int) -> None:
        if len(self.cards) < len(self.injectors):
            self.cards += self.rng.sample(sorted(self.injectors), len(self.injectors))
        left = []
        for card in self.cards:
            if len(one.injected) == count:
                left.append(card)
                continue
            try:
                self.injectors[card](one)
                one.injected.append(card)
            except NoPlace:
                left.append(card)
        self.cards = left
