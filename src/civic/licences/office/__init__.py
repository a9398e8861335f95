"""Doors of officials: the licences of their department, and licences used for their cases."""
