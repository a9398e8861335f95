"""Files that people hand in: made harmless on arrival, sealed under their owner's key, shown to those who may see them.

Nouns: Document, Grant, Hold. Accepts JPEG, PNG and WebP pictures and PDF; office files, archives and everything that
can act are refused with the way to convert them. What nobody applies with is deleted after its time. Never keeps a file
as a web page could reach it, never in the clear.
"""
