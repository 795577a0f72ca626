"""A plan pack proposed from data that nobody has described: what each file may be, with the evidence for it."""
