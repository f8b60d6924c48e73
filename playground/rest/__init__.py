"""The REST API v10 that bots call."""
