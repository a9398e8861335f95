"""The commands of `civic`, a few to a file: up, serve (web, worker), database (setup, migrate, database), rooms."""
