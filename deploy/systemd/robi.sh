#!/bin/sh
# /usr/local/bin/robi: the command `robi`, with the settings and as the user of the service.
set -eu
[ "$(id -u)" -eq 0 ] || exec sudo "$0" "$@"
# Its place is in the settings, as is .env; files that are named on the way are looked for there.
cd /etc/robi
exec setpriv --reuid=robi --regid=robi --init-groups --reset-env /opt/robi/.venv/bin/robi "$@"
