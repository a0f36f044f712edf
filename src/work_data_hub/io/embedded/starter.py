"""Bringing a home's server up, whatever state it was left in."""

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import psycopg2

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.embedded import binaries, locks, postmaster
from work_data_hub.io.embedded.account import server_account
from work_data_hub.io.embedded.cluster import Cluster, free_port
from work_data_hub.io.embedded.connection import Connection
from work_data_hub.io.embedded.databases import missing_databases
from work_data_hub.io.embedded.faults import LaunchError, explain
from work_data_hub.io.embedded.keeper import ensure_keeper
from work_data_hub.io.embedded.layout import Layout

_RETRY_SECONDS = 0.05
_LOG_BYTES_KEPT = 10_000_000


@dataclass(frozen=True, slots=True)
class Starter:
    """Starts one home's server; `bring_up` needs the start lock and a lease."""

    layout: Layout
    settings: Mapping[str, str]
    limit: float

    def healthy(self) -> bool:
        """Say whether the server answers, has its databases and a keeper; cheap, needs no lock."""
        connection = Connection.read(self.layout.connection)
        if connection is None or not locks.held_elsewhere(self.layout.keeper_lock):
            return False
        entry = postmaster.running(self.layout.data(connection.relocated))
        if entry is None or entry.port != connection.port:
            return False
        try:
            return not missing_databases(connection)
        except psycopg2.OperationalError:
            return False

    def bring_up(self) -> None:
        """Set up, start and wait for what is missing."""
        deadline = time.monotonic() + self.limit
        connection = Connection.read(self.layout.connection) or self._begin()
        cluster = self._cluster(connection)
        if not cluster.data.exists():
            _refuse_loss(connection, cluster, self.layout)
            cluster.initialise(connection.password, self.limit)
        # before the server: if we are killed in between, somebody will still stop it
        self._ensure_keeper(cluster)
        while not self._answers(cluster, connection, deadline):
            time.sleep(_RETRY_SECONDS)

    def _answers(self, cluster: Cluster, connection: Connection, deadline: float) -> bool:
        """Start the server if it is down, and ask it."""
        entry = postmaster.running(cluster.data) or self._launch(cluster, connection.port, deadline)
        found = replace(connection, port=entry.port)
        try:
            missing_databases(found, create=True)
        except psycopg2.OperationalError as error:
            if time.monotonic() < deadline and "authentication failed" not in str(error):
                return False
            lines = str(error).splitlines()
            raise explain("The embedded Postgres runs but lets nobody in.", lines, cluster.base) from error
        if found != connection:
            found.write(self.layout.connection)
        return True

    def _launch(self, cluster: Cluster, preferred_port: int, deadline: float) -> postmaster.PidFile:
        """Start; again when a port was lost in a race or orphans of a killed server still end."""
        while True:
            try:
                return cluster.launch(free_port(preferred_port), deadline)
            except LaunchError as error:
                retry = error.port_taken or error.still_in_use
                if not retry or time.monotonic() > deadline:
                    what = "The embedded Postgres did not start."
                    raise explain(what, error.lines, cluster.base) from error
            time.sleep(_RETRY_SECONDS)

    def _begin(self) -> Connection:
        """Choose place and password for a home that has none yet."""
        account = server_account()
        connection = Connection.new(relocated=not account.reaches(self.layout.anchor))
        self._set_aside(connection)
        connection.write(self.layout.connection)
        return connection

    def _set_aside(self, connection: Connection) -> None:
        """Put data whose password is lost out of the way; one generation is kept."""
        data = self.layout.data(connection.relocated)
        if data.exists():
            postmaster.stop(data)
            old = data.with_name("data.old")
            shutil.rmtree(old, ignore_errors=True)
            data.rename(old)

    def _cluster(self, connection: Connection) -> Cluster:
        base = self.layout.base(connection.relocated)
        account = server_account(base)
        if connection.relocated:
            binaries.make_state(self.layout.state)
        account.make_dir(base)
        programs = binaries.reachable_bin(binaries.newest_install(), account, self.layout.state)
        return Cluster(programs, base, self.layout.log, account, self.settings)

    def _ensure_keeper(self, cluster: Cluster) -> None:
        log = self.layout.log
        if log.exists() and log.stat().st_size > _LOG_BYTES_KEPT and not postmaster.running(cluster.data):
            log.replace(log.with_suffix(".log.1"))
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            ensure_keeper(self.layout.anchor, cluster.base, descriptor)
        finally:
            os.close(descriptor)


def _refuse_loss(connection: Connection, cluster: Cluster, layout: Layout) -> None:
    """Refuse to begin empty where a warehouse once ran: the home was moved, or its data removed."""
    if connection.port:
        raise ConfigurationError(
            f"The data of the embedded Postgres of {layout.home} is missing.",
            expected=f"a data folder {cluster.data}",
            fix=f"put data and home back where they were, or remove {layout.anchor} to begin with an empty warehouse.",
        )
