"""/cuti: leave, deputies, and for whom one deputises."""
