#!/usr/bin/env bash
# A base image without a registry: Debian by debootstrap, as this machine fetches it.
#   base_image.sh FOLDER TAG BUILDAH...      the command for buildah, with its storage
set -euo pipefail
folder=$1 tag=$2
shift 2
if [ ! -d "$folder/usr" ]; then
    mirror=$(awk '/^(deb|URIs:)/ {for (i = 1; i <= NF; i++) if ($i ~ /^http/) {print $i; exit}}' \
        /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true)
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm \
        "$folder" "${mirror:-http://deb.debian.org/debian}"
    # Certificates and package sources of this machine, so that the build goes where it goes.
    cp -a /etc/ssl/certs "$folder/etc/ssl/"
    for place in /usr/local/share/ca-certificates /etc/pip.conf /etc/apt/sources.list \
        /etc/apt/sources.list.d /etc/apt/apt.conf.d /etc/apt/keyrings; do
        if [ -e "$place" ]; then
            mkdir -p "$folder$(dirname "$place")"
            cp -a "$place" "$folder$(dirname "$place")/"
        fi
    done
    cp /usr/share/keyrings/debian-archive* "$folder/usr/share/keyrings/" || true
fi
container=$("$@" from scratch)
mounted=$("$@" mount "$container")
cp -a "$folder/." "$mounted/"
"$@" umount "$container"
"$@" commit --quiet "$container" "$tag"
"$@" rm "$container"
