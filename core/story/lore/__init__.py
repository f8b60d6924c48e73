"""Lore cards: a session's book, which cards a telling is given, and books in and out of files."""
