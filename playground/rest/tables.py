"""All REST routes in one table."""

from playground.rest import (
    basics,
    channels,
    commands,
    guilds,
    hooks,
    interactions,
    messages,
    reactions,
    threads,
    webhooks,
)
from playground.rest.routes import RouteTable

TABLE = RouteTable()
for _module in (basics, channels, commands, guilds, hooks, interactions, messages, reactions, threads, webhooks):
    TABLE.extend(_module.ROUTES)
