"""All checks of an installation, in the order in which a fault would be looked for."""

from pathlib import Path

from duban.doctor import home as at_home
from duban.doctor import machine
from duban.doctor.checks import Check
from duban.doctor.server import server, service
from duban.doctor.spread import spread
from duban.doctor.telling import telling
from duban.settings import Settings


def examine(settings: Settings, plan: Path) -> list[Check]:
    """Look at everything; nothing is changed."""
    home = settings.home
    folders, shown = at_home.folders(home)
    warehouse, last = at_home.warehouse(home)
    return [
        machine.versions(),
        machine.plan(plan),
        folders,
        at_home.room(home),
        machine.handles(),
        machine.clock(home.root, settings.now(), shown, last),
        at_home.keys(home),
        warehouse,
        at_home.lock(home),
        telling(home, plan),
        service(home),
        server(),
        spread(home),
    ]
