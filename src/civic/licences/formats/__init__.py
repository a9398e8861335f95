"""The signed forms of a licence: written, and read so strictly that one changed bit is found. No Django, no database.

A reader gets bytes, the authorities that are believed and the time; it never asks where the bytes come from.
"""
