"""Doors of residents and of everybody: the wallet, show codes, requests, verification."""
