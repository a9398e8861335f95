"""The world outside: one folder a neighbour, each with a client, a fake that behaves, and a check for the operator."""
