"""Pure rules about people: who is speaking, what of them is worth keeping."""
