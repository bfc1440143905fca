"""How passwords are kept, in a process of its own: the other tests hash them at the least cost."""

import subprocess
import sys

KEPT = """
from wf40.core.accounts.passwords import hash_password, matches
kept = hash_password("vier bunte Wolken ziehen", [])
assert matches(kept, "vier bunte Wolken ziehen") and not matches(kept, "vier graue Wolken ziehen")
print(kept)
"""


def test_a_password_is_kept_as_a_hash_that_is_dear_to_guess():
    done = subprocess.run([sys.executable, "-c", KEPT], capture_output=True, text=True, check=True)
    kind, version, costs = done.stdout.split("$")[1:4]
    memory, rounds, _lanes = (int(part.partition("=")[2]) for part in costs.split(","))
    assert (kind, version) == ("argon2id", "v=19")
    assert memory >= 64 * 1024
    assert rounds >= 3
