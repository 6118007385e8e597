"""A registry as plain data for programs; `duban.registry.text` has it as text for people."""

from decimal import Decimal

from duban.quarters import Quarter
from duban.registry.registry import Registry
from duban.registry.shapes import Item, Measure
from duban.registry.text import describe_item, describe_plan

__all__ = ["describe", "describe_item", "describe_plan"]


def describe(registry: Registry) -> dict:
    """The whole registry as JSON-ready data; reporters go by the plan's short names, rates are fractions."""
    return {
        "plan": _plan(registry),
        "reporters": [
            {
                "code": reporter.code,
                "name": reporter.name,
                "full_name": reporter.full_name,
                "kind": reporter.kind,
                "aliases": list(reporter.aliases),
                "population": reporter.population,
                "merged_into": reporter.merged_into and registry.by_name[reporter.merged_into].name,
            }
            for reporter in registry.reporters
        ],
        "groups": {
            name: {"members": [member.name for member in registry.members(name)], "assumed": group.assumed}
            for name, group in registry.groups.items()
        },
        "items": [_item(registry, item) for item in registry.items],
    }


def _plan(registry: Registry) -> dict:
    plan = registry.plan
    return {
        "plan": plan.plan,
        "year": plan.year,
        "title": plan.title,
        "issuer": plan.issuer,
        "issued": plan.issued,
        "collected_by": registry.by_name[plan.collected_by].name,
        "digest": registry.digest,
        "chapters": [{"chapter": number, "title": chapter.title} for number, chapter in plan.chapters.items()],
        "schedule": list(plan.schedule),
        "yellow_at": _number(plan.lights.yellow_at),
        "baselines": {name: _number(figure) for name, figure in plan.baselines.items()},
        "assumed": list(plan.assumed),
        "quarters": [
            {"quarter": str(quarter), "end": quarter.end.isoformat(), "due": registry.due(quarter).isoformat()}
            for quarter in Quarter(plan.year, 1).of_year
        ],
    }


def _item(registry: Registry, item: Item) -> dict:
    return {
        "item": item.item,
        "name": item.name,
        "chapter": item.chapter,
        "title": item.title,
        "summary": item.summary,
        "lead": _short(registry, item.lead),
        "support": _short(registry, item.support),
        "groups": list(item.groups),
        "consolidates": registry.by_name[item.consolidates].name if item.consolidates else None,
        "local": item.local if isinstance(item.local, str) else list(item.local),
        "assumed": list(item.assumed),
        "measures": [_measure(registry, item, name, measure) for name, measure in item.measures.items()],
        "deliverables": [{"name": d.name, "title": d.title, "due": d.due} for d in item.deliverables],
        "owed_by": [{"reporter": owed.reporter.name, "role": owed.role} for owed in registry.owed[item.item]],
    }


def _measure(registry: Registry, item: Item, name: str, measure: Measure) -> dict:
    target = None
    if measure.target:
        target = {"at_least": _number(registry.target_figure(measure)), "by": measure.target.by}
        if measure.target.baseline:
            target["baseline"] = measure.target.baseline
    return {
        "name": name,
        "title": measure.title,
        "unit": measure.unit,
        "figures": measure.figures,
        "aggregate": measure.aggregate,
        "target": target,
        "schedule": list(registry.schedule_of(measure)),
        "reported_by": [reporter.name for reporter in registry.reporting(item, measure)],
        "inputs": [{"code": e.code, "title": e.title, "unit": e.unit} for e in registry.inputs_of(name)],
    }


def _short(registry: Registry, names: tuple[str, ...]) -> list[str]:
    return [registry.by_name[name].name for name in names]


def _number(figure: Decimal | None) -> int | float | None:
    """A JSON number: whole where it is whole."""
    if figure is None:
        return None
    return int(figure) if figure == figure.to_integral_value() else float(figure)
