"""Migrations: the core and each plugin on their own, under one lock, and a fault stays with its plugin."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import faulty
import pytest
from sqlalchemy import inspect, text

from wf40.base.access import Actor
from wf40.core.admin import service as admin
from wf40.pluginhost.migrate import Migrator, core_migrations
from wf40.pluginhost.registry import Registry

SYSTEM = Actor.system("test")
SOUND = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "{key}_1", None, None, None
def upgrade():
    op.create_table("{key}_note", sa.Column("id", sa.Integer, primary_key=True))
def downgrade():
    op.drop_table("{key}_note")
"""
HALF = SOUND.replace("def downgrade", "    op.execute('SELECT * FROM a_table_that_is_not_there')\ndef downgrade")
NO_PYTHON = "def upgrade(:"


def with_migrations(tmp_path, key, text_of_migration):
    """Return a plugin whose migrations lie in a folder of its own."""
    folder = tmp_path / f"wf40_{key}"
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "migrations" / "env.py").write_text("from wf40.sdk.migrations import run\nrun()\n")
    (versions / "first.py").write_text(text_of_migration.replace("{key}", key))
    return faulty.plugin(key, folder)


def tables(product):
    return {name for name in inspect(product.database.engine).get_table_names() if "note" in name}


@pytest.mark.parametrize(
    "text_of_migration", [HALF, NO_PYTHON, "raise SystemExit"], ids=["fails half-way", "no Python", "exits"]
)
def test_a_plugin_whose_migration_is_broken_is_told_and_the_core_and_the_others_go_on(
    office_with, tmp_path, text_of_migration
):
    broken = with_migrations(tmp_path, "a_broken", text_of_migration)
    sound = with_migrations(tmp_path, "b_sound", SOUND)
    office = office_with(broken, sound, enable=False)
    product = office.product
    for _ in range(2):  # the lock is free again after a failure
        conditions = {c.name: c for c in product.migrator.upgrade_all()}
        assert conditions["core"].up_to_date
        assert conditions["a_broken"].error
        assert conditions["b_sound"].up_to_date
    assert tables(product) & {"a_broken_note", "b_sound_note"} == {"b_sound_note"}
    assert office.visitor().get("/healthz").status_code == 200
    answer = office.client_as("admin").post("/verwaltung/erweiterungen/a_broken/einschalten")
    assert answer.status_code == 422
    assert "konnte ihre Tabellen nicht anlegen" in answer.text
    assert office.client_as("admin").get("/verwaltung/erweiterungen").status_code == 200
    assert "a_broken" not in product.registry.enabled


def test_after_a_failed_migration_references_are_still_checked(office_with, tmp_path):
    product = office_with(with_migrations(tmp_path, "broken", HALF), enable=False).product
    product.migrator.upgrade_all()
    if product.database.engine.dialect.name == "sqlite":
        for _ in range(5):
            with product.database.read(SYSTEM) as u:
                assert u.session.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_plugin_that_needs_a_newer_core_is_not_migrated(office_with, tmp_path):
    from wf40.sdk.values import Manifest

    module = faulty.plugin("ahead", manifest=lambda: [Manifest("ahead", "A", "1", min_core_revision="0099_future")])
    product = office_with(module, enable=False).product
    assert "needs core revision 0099_future" in {c.name: c.error for c in product.migrator.upgrade_all()}["ahead"]


def test_enabling_a_plugin_makes_its_tables_and_disabling_keeps_them(office_with, tmp_path):
    office = office_with(with_migrations(tmp_path, "sound", SOUND), enable=False)
    client = office.client_as("admin")
    assert client.post("/verwaltung/erweiterungen/sound/einschalten").status_code == 303
    assert "sound_note" in tables(office.product)
    assert client.post("/verwaltung/erweiterungen/sound/ausschalten").status_code == 303
    assert "sound_note" in tables(office.product)


def test_a_removed_plugins_tables_are_no_difference_of_the_core_and_the_plugin_is_shown_as_removed(
    office_with, tmp_path
):
    module = with_migrations(tmp_path, "gone", SOUND)
    office = office_with(module, enable=False)
    product = office.product
    admin.enable_plugin(product.database, product.registry, "gone", SYSTEM)
    assert Migrator(product.database.engine, Registry()).differences() == []
    product.registry.drop("gone", "removed")
    product.registry.installed.clear()
    page = office.client_as("admin").get("/verwaltung/erweiterungen")
    assert page.status_code == 200
    assert "nicht mehr installiert" in page.text
    assert "Erweiterung gone" in page.text
    assert office.client_as("lead").get("/").status_code == 200
    assert office.client_as("lead").get("/p/gone/").status_code == 404


def test_the_models_of_the_core_and_its_tables_are_the_same(office):
    assert office.product.migrator.differences() == []


def test_a_model_that_differs_from_its_table_is_found(office):
    with office.product.database.write(SYSTEM) as u:
        u.session.execute(text("ALTER TABLE unit ADD COLUMN forgotten INTEGER"))
        u.session.execute(text("DROP TABLE plugin_fault"))
    (sentence,) = office.product.migrator.differences()
    assert sentence.startswith("core:")
    assert "forgotten" in sentence
    assert "plugin_fault" in sentence


def test_the_core_can_be_taken_back_to_nothing_and_built_again(office):
    from alembic import command
    from alembic.config import Config

    product = office.product
    config = Config()
    config.set_main_option("script_location", str(core_migrations()))
    with product.migrator._locked() as connection:
        config.attributes.update(
            connection=connection, prefix=None, plugin_prefixes=("\0",), version_table="alembic_version"
        )
        command.downgrade(config, "base")
    assert inspect(product.database.engine).get_table_names() == ["alembic_version"]
    product.migrator.upgrade_core()
    assert product.migrator.differences() == []


def test_two_upgrades_at_once_wait_for_each_other(office):
    migrator, order = office.product.migrator, []

    def second():
        with migrator._locked():
            order.append("second")

    with migrator._locked():
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.3)
        order.append("first")
    thread.join(timeout=10)
    assert order == ["first", "second"]


STALLING = """
import sys, time
from alembic import op
from wf40.app import assemble
from wf40.settings import Settings
create_table, left = op.create_table, int(sys.argv[1])
def stall(*args, **kwargs):
    global left
    left -= 1
    if not left:
        print("here", flush=True)
        time.sleep(60)
    return create_table(*args, **kwargs)
op.create_table = stall
assemble(Settings.load()).migrator.upgrade_core()
"""


@pytest.mark.parametrize("at_table", [2, 9, 15])
def test_a_migration_that_is_killed_half_way_leaves_nothing_and_can_be_run_again(tmp_path, at_table):
    environment = {**os.environ, "WF40_DATA_DIR": str(tmp_path), "WF40_SAFE_MODE": "1"}
    environment.pop("WF40_DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-c", STALLING, str(at_table)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout.readline().strip() == "here"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    migrator = _migrator(tmp_path)
    assert inspect(migrator._engine).get_table_names() == []
    migrator.upgrade_core()
    assert migrator.differences() == []
    migrator._engine.dispose()


def test_migrations_that_are_killed_at_any_moment_can_be_run_again(tmp_path):
    environment = {**os.environ, "WF40_DATA_DIR": str(tmp_path), "WF40_SAFE_MODE": "1"}
    environment.pop("WF40_DATABASE_URL", None)
    command = [sys.executable, "-m", "wf40.cli", "db", "upgrade"]
    chance = random.Random(40)
    for _ in range(3):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.4, 1.5))
        process.kill()
        process.wait()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    migrator = _migrator(tmp_path)
    assert migrator.differences() == []
    migrator._engine.dispose()


def _migrator(folder):
    from wf40.base.db import make_engine

    return Migrator(make_engine(f"sqlite:///{folder / 'wf40.sqlite'}"), Registry())
