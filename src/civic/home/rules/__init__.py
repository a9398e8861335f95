"""Pure rules of the front door: how a question finds a service."""
