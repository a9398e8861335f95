"""Legal time: how long an authority may take, counted over published working days and explained day by day.

Nouns: Calendar, CalendarYear, Clock, Interval, Rung, Fired. Never guesses a year that was not published, and never
knows what the clock is for: its subject is the ledger id of a noun of a higher room.
"""
