"""Write the first migration anew from the models. Only until the first release: afterwards ``wf40 db revise``."""

import sys
import tempfile
from pathlib import Path

from wf40.app import assemble
from wf40.pluginhost.migrate import core_migrations
from wf40.settings import Settings


def main(key: str | None = None) -> None:
    """Rewrite the initial migration of the core, or of the plugin named ``key``."""
    with tempfile.TemporaryDirectory() as folder:
        product = assemble(Settings(data_dir=Path(folder)))
        if key:
            product.migrator.upgrade_core()
        plugin = product.registry.installed[key].migrations if key else None
        versions = (plugin or core_migrations()) / "versions"
        versions.mkdir(exist_ok=True)
        for old in versions.glob("*.py"):
            old.unlink()
        product.migrator.revise("initial", key)
        (written,) = versions.glob("*.py")
        text = written.read_text("utf-8")
        revision = text.split('revision = "' if 'revision = "' in text else "revision = '")[1][:12]
        text = text.replace(revision, "0001_" + (key or "core"))
        (versions / "0001_initial.py").write_text(text, "utf-8")
        written.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:2])
