"""A process that writes rows and says which ones are kept: to be killed by `test_kill`.

Run with the path of the database and a name for its rows.
"""

import sys
from itertools import count
from pathlib import Path

from robi.store.base import Person, SavePerson
from robi.store.sqlite import SqliteStore

store = SqliteStore(Path(sys.argv[1]))
store.open()
for number in count():
    person_id = f"user_{sys.argv[2]}_{number:06x}"
    store.write([SavePerson(Person(person_id, "x" * 200, float(number)))])
    sys.stdout.write(person_id + "\n")
    sys.stdout.flush()
