"""Floors."""
FLOORS = {(l, p): {f: (0, 99) for f in "hp death unconscious outcome gained lost position presence time name count promise speech".split()} for l in ("en-US", "pt-BR") for p in ("dev", "held")}
