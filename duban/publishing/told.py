"""What is told of a publication without opening it: who approved it, and how its items stand."""

from duban.home import Home
from duban.publishing.decision import Decision
from duban.quarters import TIME_ZONE
from duban.theme import LIGHTS, theme
from duban.warehouse.connection import open_warehouse, query, records


def told_of(home: Home, publication: str) -> dict:
    """{lights: items by the title of their light, approval: Decision | None}; lights that no item has are left out."""
    with open_warehouse(home.warehouse, looking=True) as connection:
        counted = dict(query(connection, "queries/lights_counted", publication=publication))
        found = records(connection, "queries/approval_of", publication=publication)
    titles = {light: theme().lights[light].title for light in LIGHTS} | {"own": "自报状态"}
    approval = [Decision(**row | {"at": row["at"].astimezone(TIME_ZONE)}) for row in found]
    return {
        "lights": {title: counted[light] for light, title in titles.items() if light in counted},
        "approval": approval[0] if approval else None,
    }


def lit(lights: dict[str, int]) -> str:
    """`红灯 1 项、绿灯 2 项`."""
    return "、".join(f"{title} {count} 项" for title, count in lights.items())
