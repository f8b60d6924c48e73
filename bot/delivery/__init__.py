"""Narrations on Discord: opened, edited as the words come, closed; taken up where another worker stopped."""
