#!/bin/sh
# Creates the missing topics of deploy/topics.json, which has one topic per line. KAFKA_TOPICS is the kafka-topics command.
set -eu
sed -n 's/.*"name": "\([^"]*\)", "partitions": \([0-9]*\), "config": {\(.*\)}}.*/\1 \2 \3/p' "$1" |
  sed 's/"\([^"]*\)": "\([^"]*\)",\{0,1\}/--config \1=\2/g' |
  while read -r name partitions configs; do
    # shellcheck disable=SC2086 # several words
    $KAFKA_TOPICS --create --if-not-exists --topic "$name" --partitions "$partitions" --replication-factor 1 $configs </dev/null
  done
