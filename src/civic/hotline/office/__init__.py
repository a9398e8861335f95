"""The officials' doors of the hotline: the seat, the worklists, the ticket's page and its steps."""
