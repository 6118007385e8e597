"""What duban must survive: scripts for long runs (`python -m tests.robustness.kills`), and tests of short ones."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "support"))  # where pytest.ini_options have it, too
