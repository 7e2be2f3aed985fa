"""Where people meet: the clock, the phones, the trays, attention, the roster, the boards and the batons."""
