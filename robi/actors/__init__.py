"""The actors of the tree, and the supervision above them."""
