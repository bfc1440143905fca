"""What the office itself is: its working days, closing days and departments."""
