#!/bin/sh
# Installs Robi from a checkout in /opt/robi as a service, with Caddy before it, on Debian and what
# descends from it; said again, it brings an installation up to date. What is yours stays: /etc/robi/.env,
# the data, and a Caddyfile that was there, as Caddyfile.before-robi.
#
#   sudo apt install caddy git python3-venv
#   sudo git clone … /opt/robi && sudo /opt/robi/deploy/systemd/install.sh
#
# DESTDIR=folder puts everything below that folder and does not touch the machine.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=${here%/deploy/systemd}
into=${DESTDIR:-}

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

if [ -z "$into" ]; then
    [ "$(id -u)" -eq 0 ] || fail "Only root can install: sudo $0"
    [ "$root" = /opt/robi ] || fail "The units want the checkout in /opt/robi; this one is $root."
    "$root/dev" robi --version # sets up .venv
fi

install -D -m 644 "$here/sysusers.conf" "$into/etc/sysusers.d/robi.conf"
install -d -m 750 "$into/etc/robi"
if [ ! -e "$into/etc/robi/.env" ]; then
    # The key is made here, so that nobody begins with a weak one.
    key=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    (umask 077 && sed "s/^API_KEY=\$/API_KEY=$key/" "$here/robi.env" >"$into/etc/robi/.env")
    chmod 640 "$into/etc/robi/.env"
fi
install -d -m 700 "$into/var/lib/robi"
if [ -z "$into" ]; then
    systemd-sysusers
    chgrp robi /etc/robi /etc/robi/.env
    chown robi:robi /var/lib/robi
fi

for unit in "$here"/*.service "$here"/*.timer "$here"/*.path; do
    install -D -m 644 -t "$into/etc/systemd/system" "$unit"
done
install -D -m 644 "$here/caddy.conf" "$into/etc/systemd/system/caddy.service.d/robi.conf"
install -D -m 755 "$here/robi.sh" "$into/usr/local/bin/robi"

caddy=$into/etc/caddy
if [ -e "$caddy/Caddyfile" ] && [ ! -e "$caddy/robi.caddy" ]; then
    mv "$caddy/Caddyfile" "$caddy/Caddyfile.before-robi"
fi
install -D -m 644 -t "$caddy" "$root/deploy/caddy/bounds.caddy" "$root/deploy/caddy/robi.caddy"
[ -e "$caddy/Caddyfile" ] || install -m 644 "$root/deploy/caddy/Caddyfile" "$caddy/Caddyfile"

[ -n "$into" ] || systemctl daemon-reload
cat <<'END'
Installed. The first time, in this order:

  sudoedit /etc/robi/.env          SERVER_IP and GEMINI_API_KEY
  sudo robi check
  sudo robi certs make
  sudo systemctl enable --now robi robi-backup.timer robi-certs.timer robi-certs.path
  sudo systemctl restart caddy
  sudo robi certs qr               for the robots

After an update: sudo systemctl restart robi (robots come back and go on by themselves).
END
