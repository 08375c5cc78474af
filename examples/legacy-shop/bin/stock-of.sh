#!/bin/sh
# Stands in for the warehouse's terminal client: one article a call.
# usage: stock-of.sh SKU
sleep 0.1
exec awk -F, -v sku="$1" '$1 == sku { print $2; found = 1 } END { exit !found }' "${0%/*}/../data/warehouse.csv"
