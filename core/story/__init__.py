"""The storyteller: turns what happened into words, and asks the engine before it tells."""
