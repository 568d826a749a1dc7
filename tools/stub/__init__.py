"""The parts of `tools/gemini_stub.py`: what it answers (`script`) and how (`server`)."""
