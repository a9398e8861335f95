"""The open door of the hotline: Open311 GeoReport v2 in XML and JSON, with pages and updates.

Only what may be public goes out: what its caller agreed to publish in the words that were moderated, else the class;
a place to the street, coordinates to about a kilometre. Reports of wrongdoing and what was told in confidence never.
Source: https://wiki.open311.org/GeoReport_v2 and Service_Discovery.
"""
