"""Licences: issued, signed, published, verified."""
