"""Who is connected, who may connect, and which session gets which event."""

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from playground.gateway.session import Session, event_data
from playground.world.events import Event

if TYPE_CHECKING:
    from playground.world.application import Application
    from playground.world.world import World

Json = dict[str, Any]

MESSAGE_EVENTS: Final = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})
DAY_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Times in seconds; `identify_interval` is how long one identify occupies its bucket."""

    heartbeat_interval: float = 41.25
    ack_delay: float = 0.02
    resume_window: float = 90.0
    identify_interval: float = 5.0
    identifies_a_day: int = 1000
    sends_a_minute: int = 120
    guilds_a_shard: int = 2500


@dataclass(slots=True)
class StartBudget:
    """What is left of a bot's identifies of the day."""

    remaining: int
    resets_at: float
    buckets: dict[int, float] = field(default_factory=dict)


class GatewayHub:
    """All sessions of all bots."""

    def __init__(self, world: "World", settings: GatewaySettings) -> None:
        self.world = world
        self.settings = settings
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.duplicate_interactions = False
        self.mute_acks_until = 0.0
        self._by_app: dict[str, list[Session]] = {}
        self._budgets: dict[str, StartBudget] = {}
        world.bus.subscribe(self.receive)

    def receive(self, event: Event) -> None:
        """Hand one event of the world to the sessions it concerns."""
        if event.person_id is not None or not event.to_bots:
            return
        if event.application_id is not None:
            self._deliver(event, self._by_app.get(event.application_id, ()))
            return
        for app_id, sessions in self._by_app.items():
            if sessions and self._concerns(event, self.world.applications[app_id]):
                self._deliver(event, sessions)

    def _concerns(self, event: Event, app: "Application") -> bool:
        if event.channel is not None:
            return self.world.sees(event.channel, app.user.id)
        return event.guild_id is None or event.guild_id in app.guild_ids

    def _deliver(self, event: Event, sessions: "list[Session] | tuple[()]") -> None:
        whole: bytes | None = None
        for session in list(sessions):
            if event.intents and not session.intents & event.intents:
                continue
            if not session.owns(event.guild_id):
                continue
            if event.name in MESSAGE_EVENTS:
                session.dispatch(event.name, orjson.dumps(event_data(self.world, session, event.data)))
                continue
            whole = whole or orjson.dumps(event.data)
            session.dispatch(event.name, whole)
            if event.name == "INTERACTION_CREATE" and self.duplicate_interactions:
                session.dispatch(event.name, whole)

    def start(self, app: "Application", shard: tuple[int, int], intents: int) -> Session:
        """Make a session."""
        session = Session(secrets.token_hex(16), app, shard, intents)
        self.sessions[session.id] = session
        self._by_app.setdefault(app.id, []).append(session)
        self.sweep()
        return session

    def end(self, session: Session) -> None:
        """Forget a session: it cannot be resumed any more."""
        if self.sessions.pop(session.id, None) is not None:
            self._by_app[session.app.id].remove(session)

    def sweep(self) -> None:
        """Forget the sessions whose connection was lost too long ago."""
        limit = time.monotonic() - self.settings.resume_window
        for session in [s for s in self.sessions.values() if s.lost_at is not None and s.lost_at < limit]:
            self.end(session)

    def of(self, app_id: str | None = None, shard: int | None = None) -> list[Session]:
        """Return the live sessions of a bot (None: of all) and shard (None: of all)."""
        chosen = self.sessions.values() if app_id is None else self._by_app.get(app_id, ())
        return [s for s in chosen if s.sink is not None and shard in {None, s.shard[0]}]

    def budget(self, app: "Application") -> StartBudget:
        """Return a bot's identify budget of the running day."""
        now = time.monotonic()
        found = self._budgets.get(app.id)
        if found is None or now >= found.resets_at:
            found = self._budgets[app.id] = StartBudget(self.settings.identifies_a_day, now + DAY_S)
        return found

    def may_identify(self, app: "Application", shard_id: int) -> bool:
        """Take one identify from the bucket of a shard; False when the bucket is still occupied."""
        budget = self.budget(app)
        now = time.monotonic()
        bucket = shard_id % app.max_concurrency
        if budget.buckets.get(bucket, 0.0) > now:
            return False
        budget.buckets[bucket] = now + self.settings.identify_interval
        budget.remaining -= 1
        return True

    def start_limit_json(self, app: "Application") -> Json:
        """Return `session_start_limit` of GET /gateway/bot."""
        budget = self.budget(app)
        return {
            "total": self.settings.identifies_a_day,
            "remaining": max(0, budget.remaining),
            "reset_after": int((budget.resets_at - time.monotonic()) * 1000),
            "max_concurrency": app.max_concurrency,
        }
