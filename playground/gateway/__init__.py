"""The websocket gateway that bots connect to."""
