#!/bin/sh
# Creates the topics of deploy/topics.json, one a line there, that are missing. KAFKA_TOPICS is what creates one.
set -eu
sed -n 's/.*"name": "\([^"]*\)", "partitions": \([0-9]*\), "config": {"\([^"]*\)": "\([^"]*\)"}.*/\1 \2 \3=\4/p' "$1" |
  while read -r name partitions config; do
    $KAFKA_TOPICS --create --if-not-exists --topic "$name" --partitions "$partitions" --replication-factor 1 \
      --config "$config" </dev/null
  done
