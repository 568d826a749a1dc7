#!/bin/sh
# confine.sh INSTALLED PROGRAM ARGUMENT…: in a mount namespace of its own, and for it alone, make of
# this machine what robi.service has before it (ProtectSystem=, ProtectHome=, PrivateTmp=,
# StateDirectory=); then become PROGRAM as nobody, without capabilities. INSTALLED is what is to be
# in /opt/robi; /mnt takes the place of /var/lib/robi.
set -eu
installed=$1
shift
mount -t tmpfs tmpfs /opt
mkdir /opt/robi
mount --bind "$installed" /opt/robi
mount -o remount,bind,ro /opt/robi
mount -t tmpfs tmpfs /mnt
chown nobody /mnt
chmod 0700 /mnt
mount -t tmpfs -o mode=0 tmpfs /root
mount -t tmpfs -o mode=0 tmpfs /home
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -o remount,bind,ro /
umask 0077
cd /mnt
exec setpriv --reuid=nobody --regid=nogroup --clear-groups --bounding-set=-all --inh-caps=-all \
    --no-new-privs "$@"
