"""What the server was told: reading, checking and explaining the settings, and the key file.

`settings` is the class and the way it is read; `dotenv` reads `.env`; `parse` turns words into
values; `check` says what production lacks; `text` writes the table and `.env.example`; `keyfile`
makes and keeps the key of development; `folder` looks after `DATA_DIR`; `certificate` knows when
the server's certificate ends.
"""

from robi.config.errors import SettingsError
from robi.config.parse import Secret
from robi.config.settings import Settings

__all__ = ["Secret", "Settings", "SettingsError"]
