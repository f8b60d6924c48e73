"""State of the local Discord: people, guilds, channels, messages, files."""
