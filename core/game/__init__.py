"""The game in one session: state, commands, events, decide and apply (pure); log and engine (the only two that store)."""
