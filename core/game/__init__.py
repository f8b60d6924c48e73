"""The game in one session: state, commands, events, decide and apply (pure); log and engine alone store."""
