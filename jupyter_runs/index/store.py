"""The database of the index: opened, made anew where it is missing, damaged or of another version, and never "locked"."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Optional

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from jupyter_runs.errors import IndexUnusableError
from jupyter_runs.index.place import Files, cache_folder, digest, private_folder
from jupyter_runs.index.tables import SCHEMA, tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 30.0  # seconds that SQLite waits for another process
_DAMAGE = (
    "malformed",
    "not a database",
    "no such table",
    "no such column",
    "unsupported file format",
    "decode to UTF-8",
)
_MISSING = {"42P01", "42703", "3F000"}  # table, column, schema
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",  # what a power cut takes is made again
    "temp_store = MEMORY",
    "cache_size = -32000",
    "mmap_size = 0",  # a file that is cut short under a map kills the process
)
_BUSY = ("database is locked", "database table is locked", "database schema is locked")


class DamagedError(Exception):
    """The database can't be used as it is; the next look makes it anew."""


class BusyError(Exception):
    """Another process writes, and has done so for longer than it is worth waiting."""


class Store:
    """An SQLite file, or another database by its URL.

    Safe to use from several threads and processes, and after a fork.

    Parameters
    ----------
    home
        The folder that holds the workspaces.
    url
        SQLAlchemy's; None for a file in the cache folder.
    """

    def __init__(self, home: Path, url: Optional[str] = None) -> None:
        self.home = home
        self.url = url
        self.path: Optional[Path] = None
        self.opened = (
            0  # grows with each database that was opened: what is known of the one before is void
        )
        self._files: Optional[Files] = None
        self._engine: Optional[Engine] = None
        self._pid = os.getpid()
        self._lock = threading.RLock()
        # several homes may share a database
        schema = None if url is None else f"jupyter_runs_{digest(home)}"
        self.tables = tables(schema)
        self._schema = schema

    # -- opening

    def engine(self) -> Engine:
        """Return the open database, opened or made if need be."""
        with self._lock:
            if self._pid != os.getpid():  # a forked child: its parent's connections are not its
                if self._engine is not None:
                    self._engine.dispose(close=False)
                self._engine, self._pid = None, os.getpid()
            path = self.path
            if self._engine is not None and path is not None and not path.exists():
                self._close()  # removed, or made anew by another process
            if self._engine is None:
                self._open()
            assert self._engine is not None
            return self._engine

    def _open(self) -> None:
        if self.url is not None:
            try:
                self._engine = _postgresql(self.url)
                self._make(self._engine)
            except (SQLAlchemyError, ImportError) as error:
                self._close()
                raise IndexUnusableError(
                    f"the database of the index can't be opened: {_told(error)}; check "
                    "JUPYTER_RUNS_INDEX_URL, or unset it for a file in the cache folder"
                ) from None
            self.opened += 1
            return
        reasons: list[str] = []
        for folder in (cache_folder, private_folder):
            try:
                self._files = Files(folder(), self.home, SCHEMA)
                self._open_file(self._files)
            except (OSError, SQLAlchemyError, sqlite3.Error, DamagedError) as error:
                self._close()
                reasons.append(_told(error))
                continue
            self.opened += 1
            return
        raise IndexUnusableError(
            f"the index can't be made: {'; '.join(dict.fromkeys(reasons))}; set JUPYTER_RUNS_CACHE to a folder "
            "that you may write to"
        )

    def _open_file(self, files: Files) -> None:
        path = files.newest()
        for _ in range(3):
            # made before SQLite does: by nobody else readable
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self.path = path
            self._engine = _sqlite(path)
            try:
                self._make(self._engine)
            except (DBAPIError, sqlite3.Error) as error:
                if not is_damage(error):
                    raise
            except DamagedError:
                pass
            else:
                return
            self._close()
            path = files.following(path)
        raise DamagedError(f"{path} can't be used")

    def _make(self, engine: Engine) -> None:
        """Make the tables where there are none, and see that they are whole and of this version."""
        with self._begin(engine, write=False) as connection:
            if self._is_whole(connection):
                return
        with self._begin(engine, write=True) as connection:
            if self._is_whole(connection):  # another process was faster
                return
            if self._schema is not None:
                connection.execute(text(f'DROP SCHEMA IF EXISTS "{self._schema}" CASCADE'))
                connection.execute(text(f'CREATE SCHEMA "{self._schema}"'))
            elif inspect(connection).get_table_names():
                raise DamagedError("tables of another version, or not all of them")
            self.tables.metadata.create_all(connection)
            # a version that no index of this home has had before
            start = {"schema": SCHEMA, "home": self.home, "version": int(time.time() * 1000)}
            values = [{"key": key, "value": str(value)} for key, value in start.items()]
            connection.execute(insert(self.tables.meta), values)

    def _is_whole(self, connection: Connection) -> bool:
        there = set(inspect(connection).get_table_names(schema=self._schema))
        if not there.issuperset(table.name for table in self.tables.metadata.sorted_tables):
            return False
        held = {row.key: row.value for row in connection.execute(select(self.tables.meta))}
        return held.get("schema") == str(SCHEMA) and held.get("version", "").isdigit()

    def _close(self) -> None:
        engine, self._engine, self.path = self._engine, None, None
        if engine is not None:
            engine.dispose()

    def close(self) -> None:
        """Close all connections; it opens again when it is used."""
        with self._lock:
            self._close()

    def renew(self, opened: int) -> None:
        """Leave the database as it is behind, and begin an empty one.

        Parameters
        ----------
        opened
            What ``opened`` was when it was found to be of no use: nothing is done if another one was opened since.
        """
        with self._lock:
            if opened != self.opened:
                return
            path = self.path
            if self._schema is not None:
                with self._begin(self.engine(), write=True) as connection:
                    connection.execute(text(f'DROP SCHEMA IF EXISTS "{self._schema}" CASCADE'))
                self._close()
            else:
                self._close()
                if self._files is not None and path is not None:
                    self._files.following(path)
            self.engine()

    # -- using

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database."""
        with self._begin(self.engine(), write=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that no other process writes beside, until the block ends.

        Raises
        ------
        BusyError
            If another process has been writing for too long.
        """
        with self._begin(self.engine(), write=True) as connection:
            yield connection

    @contextmanager
    def _begin(self, engine: Engine, *, write: bool) -> Iterator[Connection]:
        options: dict[str, Any] = {"jupyter_runs_write": write}
        if self._schema is not None:
            options["isolation_level"] = "READ COMMITTED" if write else "REPEATABLE READ"
        try:
            with engine.connect() as plain:
                connection = plain.execution_options(**options)
                with connection.begin():
                    if write and self._schema is not None:  # one writer at a time, as in SQLite
                        lock = func.pg_advisory_xact_lock(int(digest(self.home)[:15], 16))
                        connection.execute(select(lock))
                    yield connection
        except (DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:
            if is_busy(error):
                raise BusyError(_told(error)) from None
            if is_damage(error):
                raise DamagedError(_told(error)) from error
            raise

    # -- the version

    def version(self, connection: Connection) -> int:
        """Return the version."""
        meta = self.tables.meta
        found = connection.execute(select(meta.c.value).where(meta.c.key == "version")).scalar()
        if found is None or not found.isdigit():
            raise DamagedError("the version is missing")
        return int(found)

    def set_version(self, connection: Connection, version: int) -> None:
        """Set the version."""
        meta = self.tables.meta
        connection.execute(update(meta).where(meta.c.key == "version").values(value=str(version)))


def _postgresql(url: str) -> Engine:
    told = make_url(url)
    if told.get_backend_name() not in ("postgresql", "postgres"):
        raise ArgumentError(f"it can be a PostgreSQL database, not {told.get_backend_name()}")
    if "+" not in told.drivername:  # of several drivers, the one that the extra brings
        told = told.set(drivername="postgresql+psycopg")
    return create_engine(told, pool_pre_ping=True)


def _sqlite(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=4,
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        connection.create_function("lower", 1, _lower, deterministic=True)
        for pragma in _PRAGMAS:
            _execute(connection, f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        write = connection.get_execution_options().get("jupyter_runs_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _execute(connection: Any, sql: str) -> None:
    """Execute what SQLite refuses at once, and does not wait, while another process opens the same file."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute(sql).close()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def is_damage(error: BaseException) -> bool:
    """Tell whether an error says that the database is not what it should be."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if getattr(cause, "sqlstate", None) in _MISSING:
        return True
    if isinstance(cause, (sqlite3.IntegrityError, sqlite3.DataError, UnicodeDecodeError)):
        return True
    return isinstance(cause, sqlite3.DatabaseError) and any(part in str(cause) for part in _DAMAGE)


def is_busy(error: BaseException) -> bool:
    """Tell whether an error says that others use the database."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, sqlite3.OperationalError) and any(part in str(cause) for part in _BUSY)


def _told(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(cause).__name__}: {cause}".strip()[:300]


__all__ = ["BusyError", "DamagedError", "Store"]
