"""What verification finds: where, what stands there, and what is wanted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`check` is archive, cells, entries, manifest, figures, lights, lineage or rebuild; `publication` or `accession`
    says of which, `file`, `sheet` and `cell` where, each '' where it does not apply."""

    check: str
    what: str
    publication: str = ""
    accession: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    found: str = ""
    wanted: str = ""
