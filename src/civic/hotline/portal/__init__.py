"""The residents' doors of the hotline: reporting, one's own requests, the mailbox, the public register."""
