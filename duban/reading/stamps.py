"""Whether stamps are genuine: asked of what was read, by whoever has the keys, and not where hostile bytes are."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from duban.fillin.keys import KeyRing
from duban.fillin.stamp import FIELDS, verify
from duban.reading.faults import Fault
from duban.reading.parts import SCHEMAS, Parts, write_parts


def prove_stamps(folder: Path, ring: KeyRing, number: int) -> None:
    """Fill in `token_ok` of the files in a folder of parts, and add a part of that `number` with a fault for each stamp
    that is none of ours. Files without a stamp have their fault already."""
    schema, forged = SCHEMAS["files"], Parts()
    for path in sorted(folder.glob("files-*.parquet")):
        table = pq.read_table(path, schema=schema)
        genuine = []
        for place, *fields in zip(*(table[word].to_pylist() for word in ("file", *FIELDS)), strict=True):
            stamp = dict(zip(FIELDS, fields, strict=True))
            genuine.append(verify(stamp, ring))
            if not genuine[-1] and any(fields):
                forged.add_faults(place, [Fault("bad_token")])
        column = schema.get_field_index("token_ok")
        proved = table.set_column(column, schema.field(column), pa.array(genuine, pa.bool_()))
        pq.write_table(proved, path, compression="lz4", write_statistics=False)
    if forged.faults:
        write_parts(folder, number, forged)
