"""What a table remembers: sentences that stand, found again by what they are about, and summaries by scene and act."""
