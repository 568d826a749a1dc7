"""What a robot says and does, out of what a model writes; pure, without trio."""
