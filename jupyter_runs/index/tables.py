"""The tables of the index. Nothing in them is the truth: another `SCHEMA` and they are made anew."""

from __future__ import annotations

from typing import NamedTuple, Optional

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA = 2  # raise it with any change of the tables or of what is put into them

_BIG = BigInteger().with_variant(Integer(), "sqlite")  # there an INTEGER, else it is no row id
# compared byte by byte, as SQLite does, whatever the database's language
_TEXT = Text().with_variant(String(collation="C"), "postgresql")


class Tables(NamedTuple):
    """All of them, in one name space."""

    metadata: MetaData
    meta: Table
    workspaces: Table
    runs: Table
    metrics: Table
    labels: Table


def tables(schema: Optional[str] = None) -> Tables:
    """Return the tables; ``schema`` is the name space, for databases that have such."""
    metadata = MetaData(schema=schema)
    meta = Table(
        "meta",
        metadata,
        Column("key", _TEXT, primary_key=True),
        Column("value", Text, nullable=False),
    )
    workspaces = Table(
        "workspaces",
        metadata,
        Column("name", _TEXT, primary_key=True),
        # how far the feed was read, and what stood there, to tell when it is another file
        Column("feed_at", BigInteger, nullable=False),
        Column("feed_mark", Text, nullable=False),
        # when the folder of the runs was changed, once its names were compared
        Column("names_stamp", BigInteger, nullable=False),
    )
    runs = Table(
        "runs",
        metadata,
        Column("key", _BIG, primary_key=True, autoincrement=True),
        Column("workspace", _TEXT, nullable=False),
        Column("id", _TEXT, nullable=False),
        # the place in the order of find_runs
        Column("at", Double, nullable=False),
        Column("nth", BigInteger, nullable=False),
        # 0 or 1, which an index finds better than booleans
        Column("nested", SmallInteger, nullable=False),
        Column("archived", SmallInteger, nullable=False),
        Column(
            "settled", SmallInteger, nullable=False
        ),  # nothing is expected of its folder any more
        Column("inode", BigInteger, nullable=False),
        Column("stamp", BigInteger, nullable=False),
        Column("changed", BigInteger, nullable=False),
        Column("experiment", _TEXT),
        Column("number", BigInteger),
        Column("name", _TEXT),
        Column("type", _TEXT),
        Column("parent", _TEXT),
        Column("status", _TEXT, nullable=False),
        Column("reason", _TEXT),
        Column("created", Double),
        Column("started", Double),
        Column("ended", Double),
        Column("target", _TEXT),
        Column("creator", _TEXT),
        Column("words", Text, nullable=False),  # what a search looks through, in lower case
        Column("body", Text, nullable=False),  # what is only shown
        UniqueConstraint("workspace", "id", name="runs_by_id"),
    )
    order = (runs.c["at"].desc(), runs.c.nth.desc(), runs.c.id.desc(), runs.c.workspace)
    Index("runs_in_order", runs.c.archived, runs.c.nested, *order)
    Index("runs_of_experiment", runs.c.experiment, runs.c.workspace, *order[:3])
    Index("runs_of_parent", runs.c.parent)
    Index("runs_unsettled", runs.c.settled)
    # what is asked of all runs lies together, and not between all that is only shown: the words that are looked for, and what
    # is told of experiments; other databases take no texts as long as that into an index
    held = (runs.c.experiment, runs.c.status, runs.c.target, runs.c.created, runs.c["at"])
    Index("runs_words", runs.c.words).ddl_if(dialect="sqlite")
    Index("runs_held", runs.c.nested, runs.c.workspace, *held).ddl_if(dialect="sqlite")
    metrics = Table(
        "metrics",
        metadata,
        # by name first: what a filter asks of all runs lies together
        Column("name", _TEXT, primary_key=True),
        Column("run", _BIG, primary_key=True, autoincrement=False),
        Column("kind", Text, nullable=False),
        Column("count", BigInteger, nullable=False),
        Column("last", Double),
        Column("text", _TEXT),
        Column("min", Double),
        Column("max", Double),
        sqlite_with_rowid=False,
    )
    labels = Table(
        "labels",
        metadata,
        Column("space", _TEXT, primary_key=True),
        Column("name", _TEXT, primary_key=True),
        Column("run", _BIG, primary_key=True, autoincrement=False),
        Column("text", _TEXT),
        Column("number", Double),
        sqlite_with_rowid=False,
    )
    Index("metrics_of_run", metrics.c.run)
    Index("labels_of_run", labels.c.run)
    return Tables(metadata, meta, workspaces, runs, metrics, labels)
