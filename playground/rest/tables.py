"""All REST routes in one table."""

from playground.rest import basics, commands, interactions, messages, webhooks
from playground.rest.routes import RouteTable

TABLE = RouteTable()
for _module in (basics, commands, interactions, messages, webhooks):
    TABLE.extend(_module.ROUTES)
