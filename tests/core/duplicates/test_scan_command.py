"""``wf40 duplicates scan`` searches an office without a worker."""

import json

from click.testing import CliRunner

from wf40 import cli


def test_it_counts_what_waits_for_a_decision(office, twins, queue):
    pair = tuple(twins())
    office.add_firm("Vollmer Optik GmbH")
    url = office.product.database.engine.url.render_as_string(hide_password=False)
    folder = str(office.product.settings.data_dir)
    environment = {"WF40_DATABASE_URL": url, "WF40_DATA_DIR": folder, "WF40_SECRET_KEY": "x" * 40}
    done = CliRunner(env=environment).invoke(cli.main, ["duplicates", "scan", "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert {name: report[name] for name in ("state", "firms", "same", "ask")} == {
        "state": "done", "firms": 3, "same": 1, "ask": 0,
    }  # fmt: skip
    assert queue() == [pair]
    spoken = CliRunner(env=environment).invoke(cli.main, ["duplicates", "scan"])
    assert "3 Unternehmen geprüft" in spoken.stdout
    assert "1 sehr wahrscheinlich gleich" in spoken.stdout
