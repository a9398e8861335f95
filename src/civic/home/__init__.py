"""The front door: search, front page, my page, help, how pages are shown. Reads many rooms, owns no noun."""
