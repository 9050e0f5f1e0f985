"""Say who may, who does, who answers, who deputises, and who may know a child."""
