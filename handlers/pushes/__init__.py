"""What the dispatcher says: reminders, digests, notices, and the steps that stay late as their heads are told of them."""
