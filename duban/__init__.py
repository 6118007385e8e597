"""duban 督办: quarterly progress reports, collected, checked and consolidated."""

import os

# Arrow's own pool keeps what is freed, a hundred megabytes in the processes of a run; the system's gives it back when
# told. Said before anybody imports Arrow, and to child processes as well
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
