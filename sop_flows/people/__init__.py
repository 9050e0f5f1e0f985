"""Officers: who may do what, who is in charge, how they come and go."""
