"""Where things are: the divisions of the city, from the city itself down to the community.

Nouns: Area. Never holds an address of a person.
"""
