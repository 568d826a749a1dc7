"""What Schemathesis must know to get past the door: how a face looks."""

import struct
from base64 import b64encode

import schemathesis
from hypothesis import strategies as st


def face(size: int, value: float) -> str:
    return b64encode(struct.pack("<f", value) * size).decode()


FLOAT32 = st.floats(width=32, allow_nan=False, allow_infinity=False)

schemathesis.openapi.format("face-embedding", st.builds(face, st.sampled_from((128, 512)), FLOAT32))
