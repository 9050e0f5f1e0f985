"""Working time, relative dates, recurrence, due dates, the forward plan. Pure: `now` is never asked for."""
