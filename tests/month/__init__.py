"""An angkatan of 30 days, lived on the simulator from opening to departure, only by what officers can do."""
