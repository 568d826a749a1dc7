"""What the server was told: reading, checking and explaining the settings, and the key file.

`settings` is the class and the way it is read; `parse` turns words into values; `check` says
what production lacks; `text` writes the table and `.env.example`; `keyfile` makes and keeps the
key of development; `folder` looks after `DATA_DIR`.
"""

from robi.config.parse import Secret
from robi.config.settings import Settings, SettingsError

__all__ = ["Secret", "Settings", "SettingsError"]
