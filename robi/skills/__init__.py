"""What a model may call during a turn, as far as it is pure: sums, moments, arguments."""
