"""What it costs to make text fit to be spoken, in µs of CPU a chunk. Run by hand:

python -m tests.speech.measure_spoken
"""

# ruff: noqa: T201 - talks to a person in a terminal
from time import process_time

from robi.speech.spoken import Speakable, prepare

CHUNKS = 2_000

TEXTS = {
    "ten plain words": "me alegra mucho verte, y que hayas venido tan pronto a ",
    "with a full stop": "me alegra mucho verte. Qué bien que hayas venido tan ",
    "with a number": "me alegra mucho verte, y que hayas traído 21 casas pequeñas ",
    "with bold text": "me alegra **mucho verte**, y que hayas venido tan pronto a ",
    "all of it": "El 3/5 a las 17:30 Felipe VI pagó 1.234,5 € (12%) por 3 km² 😀 ",
}


def cost(chunk: str) -> float:
    """Return µs a chunk, of an answer of many."""
    best = float("inf")
    for _ in range(5):
        speakable = Speakable("es")
        begun = process_time()
        for _ in range(CHUNKS):
            speakable.feed(chunk)
        speakable.close()
        best = min(best, process_time() - begun)
    return best / CHUNKS * 1e6


def main() -> None:
    """Print the costs, and what the first number would wait for the library."""
    begun = process_time()
    prepare()
    print(f"{'library of numbers, once':28} {(process_time() - begun) * 1e3:8.1f} ms")
    for name, chunk in TEXTS.items():
        print(f"{name:28} {cost(chunk):8.1f} µs")
    long = "a" * 100_000
    begun = process_time()
    speakable = Speakable("es")
    speakable.feed(long)
    speakable.close()
    print(f"{'100 kB without an end':28} {(process_time() - begun) * 1e3:8.1f} ms")


if __name__ == "__main__":
    main()
