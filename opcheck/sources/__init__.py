"""Formats and protocols, read and written. Only this package opens or writes spatial data."""
