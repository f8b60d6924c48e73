"""The log's statements. Hot ones read or write everything of a command in one round trip."""

from typing import Final

_READ: Final = """
SELECT s.session_id, s.guild_id, s.channel_id, s.application_id, s.head_seq, s.secrets,
    snap.seq AS snapshot_seq, snap.schema AS snapshot_schema, snap.state AS snapshot,
    (SELECT json_agg(json_build_object('seq', l.seq, 'key', l.command_key, 'actor', l.actor, 'schema', l.schema,
            'events', l.events, 'answer', l.answer) ORDER BY l.seq)
        FROM log l WHERE l.session_id = s.session_id
            AND l.seq > greatest(coalesce(snap.seq, 0), CASE WHEN s.session_id = $5::bigint THEN $4::int ELSE 0 END)
    ) AS tail,
    (SELECT json_build_object('seq', l.seq, 'key', l.command_key, 'actor', l.actor, 'schema', l.schema,
            'events', l.events, 'answer', l.answer)
        FROM log l WHERE l.session_id = s.session_id AND l.command_key = $2::text AND $2::text <> '') AS earlier,
    (SELECT json_agg(json_build_array(w.seq, encode(k.wrapped, 'hex'), encode(w.ciphertext, 'hex')))
        FROM words w JOIN person_keys k USING (key_id)
        WHERE w.session_id = s.session_id AND w.kind = 'name') AS names,
    pk.key_id, pk.wrapped
FROM {source}
LEFT JOIN LATERAL (
    SELECT p.seq, p.schema, CASE WHEN s.session_id = $5::bigint AND p.seq <= $4::int THEN NULL ELSE p.state END AS state
    FROM snapshots p WHERE p.session_id = s.session_id ORDER BY p.seq DESC LIMIT 1
) snap ON true
LEFT JOIN person_keys pk ON pk.person_id = $3::bigint AND pk.wrapped IS NOT NULL
WHERE {key} = $1::bigint
"""
READ_CHANNEL: Final = _READ.format(
    source="channel_session c JOIN sessions s ON s.session_id = c.session_id", key="c.channel_id"
)
READ_SESSION: Final = _READ.format(source="sessions s", key="s.session_id")

APPEND: Final = """
WITH appended AS (
    INSERT INTO log (session_id, seq, command_key, actor, schema, events, answer, reference)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
), keyed AS (
    INSERT INTO person_keys (key_id, person_id, wrapped)
    SELECT $9::bigint, $10::bigint, $11::bytea WHERE $9::bigint IS NOT NULL
), said AS (
    INSERT INTO words (session_id, seq, kind, person_id, key_id, audience, ciphertext)
    SELECT $1, $2, * FROM unnest($12::text[], $13::bigint[], $14::bigint[], $15::text[]::jsonb[], $16::bytea[])
), kept AS (
    INSERT INTO snapshots (session_id, seq, schema, state)
    SELECT $1, $2, $17::smallint, $18::bytea WHERE $18::bytea IS NOT NULL
), addressed AS (
    INSERT INTO delivery (session_id, from_seq, application_id, token, expires_at, channel_id, private, reference)
    SELECT $1, $24::int, $19::bigint, $20::bytea, $21::timestamptz, $22::bigint, $23::boolean, $8
    WHERE $19::bigint IS NOT NULL
    ON CONFLICT (session_id, from_seq) DO UPDATE SET token = excluded.token, expires_at = excluded.expires_at
    -- a message that stands can be edited with the token that sent it, and with no other
    WHERE delivery.message_ids = '{}'
), undone AS (
    UPDATE delivery SET status = 'undoing', cut = cut OR $29::boolean
    WHERE session_id = $1 AND from_seq >= $25::int AND from_seq < $2 AND NOT private
        AND (status <> 'undone' OR $29::boolean)
), forgotten AS (
    -- whoever tells it still is fenced off by the attempt, and can keep nothing of a cut telling
    UPDATE tellings t SET draft = NULL, whole = false, people = '{}', attempt = attempt + 1, cut = true,
        used = NULL, vectors = NULL, summary = NULL, summary_people = '{}'
    WHERE $29::boolean AND session_id = $1 AND start >= $25::int AND start < $2
        AND NOT EXISTS (SELECT FROM delivery d WHERE d.session_id = $1 AND d.from_seq = t.start AND d.private)
), unsaid AS (
    DELETE FROM words WHERE $29::boolean AND session_id = $1 AND kind IN (
        'act', 'say', 'narration', 'label', 'fact', 'thread', 'summary', 'note')
        AND (seq = ANY($30::int[]) OR (seq > $31::int AND seq < $2))
)
UPDATE sessions SET head_seq = $2, status = $26, closes_at = to_timestamp($28::bigint),
    -- by the minute: the index is touched once in a while, not with every row
    active_at = CASE WHEN active_at < now() - interval '1 minute' THEN now() ELSE active_at END,
    -- only the worker that looked says that nothing is pending: a row that adds no work may find some under way;
    -- each row of the storyteller's begins the wait anew, or a busy table would seem to wait for ever
    pending_since = CASE WHEN $4 = 0 THEN now() WHEN $27::boolean THEN coalesce(pending_since, now())
        ELSE pending_since END
WHERE session_id = $1
"""

OPEN_SESSION: Final = """
INSERT INTO sessions (session_id, guild_id, channel_id, application_id, language, status, head_seq, secrets)
VALUES ($1, $2, $3, $4, $5, 'open', 0, $6)
"""

TAKE_CHANNEL: Final = """
INSERT INTO channel_session (channel_id, session_id) VALUES ($1, $2)
ON CONFLICT (channel_id) DO UPDATE SET session_id = excluded.session_id WHERE channel_session.session_id = $3
RETURNING session_id
"""

ROWS: Final = """
SELECT seq, command_key AS key, actor, schema, events, answer, at, reference
FROM log WHERE session_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq
"""

SNAPSHOT_AT: Final = """
SELECT schema, state FROM snapshots
WHERE session_id = $1 AND seq <= $2 AND schema = $3 ORDER BY seq DESC LIMIT 1
"""

WORDS: Final = """
SELECT w.seq, w.kind, w.audience, w.ciphertext, k.wrapped
FROM words w JOIN person_keys k USING (key_id)
WHERE w.session_id = $1 AND w.seq = ANY($2::int[])
"""

PERSON_KEY: Final = "SELECT key_id, wrapped FROM person_keys WHERE person_id = $1 AND wrapped IS NOT NULL"
