"""Makes the writer of Outlook's files importable."""

import sys
from pathlib import Path

# Tests are no package (import mode importlib), so a shared module needs its folder on the path.
sys.path.insert(0, str(Path(__file__).parent))
