"""What insight does across rooms: keeping the sheets, reading figures from them."""
