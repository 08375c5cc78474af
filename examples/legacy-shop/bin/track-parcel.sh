#!/bin/sh
# Stands in for the carrier's command-line client.
# usage: track-parcel.sh PARCEL
case "$1" in
  *[02468]) state='delivered' ;;
  *) state='in transit' ;;
esac
printf '%s\t%s\n' "$1" "$state"
exec sleep 0.15
