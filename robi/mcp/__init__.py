"""A client of the Model Context Protocol: tools of other programs, offered to the model."""
