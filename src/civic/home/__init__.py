"""The front door: search, the front page, my page, help, and how the pages are shown. Reads many rooms, owns no noun."""
