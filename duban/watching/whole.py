"""Which files in the intake have become whole: the same at two looks, by the rules of the intake itself."""

import datetime as dt
from dataclasses import dataclass, field

from duban.arrivals import Seen, look
from duban.errors import UserError
from duban.home import Home
from duban.limits import load_limits
from duban.looks import Looks
from duban.quarters import TIME_ZONE, Quarter

File = tuple[str, str, int]  # folder, name, time of change (st_ctime_ns)


@dataclass
class Intake:
    """The intake folder of a home, from one look to the next."""

    home: Home
    _before: dict[Quarter, set[File]] = field(default_factory=dict)

    def look(self) -> dict[Quarter, set[File]]:
        """What lies whole in each quarter's folder, as it was found at the look before: so looks are a while apart.

        Nothing is opened, and nothing is written: arrivals are noted by the runs that take in. Raises OSError where
        the folder cannot be listed.
        """
        found = {quarter: self._lying(quarter) for quarter in self._quarters()}
        whole = {quarter: files & self._before.get(quarter, set()) for quarter, files in found.items()}
        self._before = found
        return whole

    def _quarters(self) -> list[Quarter]:
        if not self.home.intake.is_dir():
            return []
        quarters = []
        for path in sorted(self.home.intake.iterdir()):
            try:
                quarters.append(Quarter.parse(path.name))
            except UserError:
                continue
        return quarters

    def _lying(self, quarter: Quarter) -> set[File]:
        limits = load_limits()
        looks = Looks(
            self.home.waiting, str(quarter), dt.datetime.now(TIME_ZONE), None, limits.owner_file_minutes * 60
        )  # and none is kept: an owner file is waited for as long as the runs found
        seen, _ = look(self.home.intake / str(quarter), looks, limits)
        return {_key(file) for file in seen}


def _key(file: Seen) -> File:
    return file.folder, file.name, file.changed
