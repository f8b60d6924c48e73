"""The log is the game: sessions, log, snapshots, words, tellings, delivery, keys, ledger.

Every table of a session is hash-partitioned by session_id and keyed from it, so the same tables
distribute over Citus by session_id.
"""

from alembic import op

revision = "0001"
down_revision = None

PARTITIONS = 16

SESSIONS = """
CREATE TABLE sessions (
    session_id bigint PRIMARY KEY,
    guild_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    application_id bigint NOT NULL,
    language text NOT NULL,
    status text NOT NULL,
    head_seq int NOT NULL,
    secrets bytea NOT NULL,
    pending_since timestamptz,
    next_try_at timestamptz,
    tries int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_pending ON sessions (pending_since) WHERE pending_since IS NOT NULL;
CREATE INDEX sessions_guild ON sessions (guild_id);
CREATE TABLE channel_session (
    channel_id bigint PRIMARY KEY,
    session_id bigint NOT NULL REFERENCES sessions
);
"""

PARTITIONED = {
    "log": """
        session_id bigint NOT NULL,
        seq int NOT NULL,
        command_key text NOT NULL,
        actor bigint NOT NULL,
        schema smallint NOT NULL,
        events jsonb NOT NULL,
        answer jsonb NOT NULL,
        reference text NOT NULL DEFAULT '',
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (session_id, seq),
        UNIQUE (session_id, command_key)
    """,
    "snapshots": """
        session_id bigint NOT NULL,
        seq int NOT NULL,
        schema smallint NOT NULL,
        state bytea NOT NULL,
        PRIMARY KEY (session_id, seq)
    """,
    "words": """
        session_id bigint NOT NULL,
        seq int NOT NULL,
        kind text NOT NULL,
        person_id bigint NOT NULL,
        key_id bigint NOT NULL,
        audience jsonb NOT NULL,
        ciphertext bytea NOT NULL,
        PRIMARY KEY (session_id, seq, kind)
    """,
    "tellings": """
        session_id bigint NOT NULL,
        start int NOT NULL,
        through int NOT NULL DEFAULT 0,
        attempt int NOT NULL DEFAULT 1,
        draft bytea,
        whole boolean NOT NULL DEFAULT false,
        teller text NOT NULL DEFAULT '',
        people bigint[] NOT NULL DEFAULT '{}',
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (session_id, start)
    """,
    "delivery": """
        session_id bigint NOT NULL,
        from_seq int NOT NULL,
        application_id bigint NOT NULL,
        token bytea,
        expires_at timestamptz,
        channel_id bigint NOT NULL,
        private boolean NOT NULL DEFAULT false,
        message_ids bigint[] NOT NULL DEFAULT '{}',
        posting boolean NOT NULL DEFAULT false,
        shown int NOT NULL DEFAULT 0,
        status text NOT NULL DEFAULT 'open',
        reference text NOT NULL DEFAULT '',
        PRIMARY KEY (session_id, from_seq)
    """,
}

PEOPLE = """
CREATE TABLE person_keys (
    key_id bigint PRIMARY KEY,
    person_id bigint NOT NULL,
    wrapped bytea,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX person_keys_current ON person_keys (person_id) WHERE wrapped IS NOT NULL;
CREATE TABLE person_rolls (
    person_id bigint NOT NULL,
    roll_id bigint NOT NULL,
    dice text NOT NULL,
    total text NOT NULL,
    line text NOT NULL,
    seed bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person_id, roll_id)
);
"""

MONEY = """
CREATE TABLE ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint,
    session_id bigint,
    person_id bigint,
    from_seq int,
    attempt int NOT NULL,
    reference text NOT NULL,
    kind text NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    key_hint text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'settled', 'estimated')),
    outcome text NOT NULL DEFAULT '',
    input_tokens int NOT NULL DEFAULT 0,
    output_tokens int NOT NULL DEFAULT 0,
    cached_tokens int NOT NULL DEFAULT 0,
    thinking_tokens int NOT NULL DEFAULT 0,
    micro_usd bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz
);
CREATE INDEX ledger_guild ON ledger (guild_id, at);
CREATE INDEX ledger_session ON ledger (session_id, from_seq);
CREATE INDEX ledger_reference ON ledger (reference);
CREATE INDEX ledger_open ON ledger (at) WHERE state = 'open';
CREATE TABLE spending (
    scope text NOT NULL,
    scope_id bigint NOT NULL,
    day date NOT NULL,
    micro_usd bigint NOT NULL,
    PRIMARY KEY (scope, scope_id, day)
);
"""


def _run(script: str) -> None:
    for statement in filter(str.strip, script.split(";")):
        op.execute(statement)


def upgrade() -> None:
    """Create everything; a session's tables in hash partitions."""
    _run(SESSIONS)
    for table, columns in PARTITIONED.items():
        op.execute(f"CREATE TABLE {table} ({columns}) PARTITION BY HASH (session_id)")
        for n in range(PARTITIONS):
            op.execute(
                f"CREATE TABLE {table}_{n:02} PARTITION OF {table} "
                f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {n})"
            )
    op.execute("CREATE INDEX log_reference ON log (reference) WHERE reference <> ''")
    op.execute("CREATE INDEX words_person ON words (person_id)")
    _run(PEOPLE)
    _run(MONEY)


def downgrade() -> None:
    """Remove everything."""
    op.execute("DROP TABLE channel_session, spending, ledger, person_rolls, person_keys")
    for table in PARTITIONED:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP TABLE sessions")
