"""The only place that knows all rooms: settings, roles, reactions, URLs, the command line."""
