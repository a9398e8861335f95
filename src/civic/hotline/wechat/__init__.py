"""The city's official account on WeChat: a message becomes a ticket, another tells where it stands."""
