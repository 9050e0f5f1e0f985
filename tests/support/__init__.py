"""What tests are built of: databases, a movable clock, a town of officers with phones."""
