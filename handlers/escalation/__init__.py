"""Steps that stay late, as their heads are told of them."""
