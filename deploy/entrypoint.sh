#!/bin/sh
# First start: the site files that ship become yours, on the volume. Later starts leave what is there alone: an upgrade
# brings new ones in /opt/iomdb/crawler/sites, to be compared and copied by hand.
set -eu
shipped=$(dirname "$0")/../crawler/sites
if [ ! -e "$IOMDB_SITES" ]; then
    mkdir -p "$IOMDB_SITES.new"
    cp "$shipped"/*.toml "$IOMDB_SITES.new/"
    mv "$IOMDB_SITES.new" "$IOMDB_SITES"
fi
exec "$@"
