#!/usr/bin/env bash
# PostgreSQL 15: with a pg_notify in each transaction, eight writers commit no faster than one: the server takes one lock for the whole
# cluster from the notification until the commit is on the disk, so the disk's waits are not shared. A good guess is that a
# notification costs next to nothing, above all if nobody listens; to give up a lock of your own for speed then gains nothing.
set -euo pipefail
programs=$(dirname "$(ls /usr/lib/postgresql/*/bin/pgbench | tail -1)")
folder=$(mktemp -d)
as=()
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; as=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi
cd /
"${as[@]}" "$programs/initdb" -D "$folder/data" -A trust -U postgres >/dev/null
"${as[@]}" "$programs/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-c listen_addresses= -k $folder" start >/dev/null
trap '"${as[@]}" "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null; rm -rf "$folder"' EXIT
psql=("${as[@]}" "$programs/psql" -h "$folder" -U postgres -qAt)
"${psql[@]}" -c "CREATE TABLE plain (n int); CREATE FUNCTION plain() RETURNS void LANGUAGE sql AS 'INSERT INTO plain VALUES (1)';
  CREATE FUNCTION told() RETURNS void LANGUAGE sql AS 'INSERT INTO plain VALUES (1); SELECT pg_notify(''news'', '''')'"
for name in plain told; do echo "SELECT $name();" >"$folder/$name.sql"; done
chmod -R a+rX "$folder"/*.sql
tps() { "${as[@]}" "$programs/pgbench" -n -f "$folder/$1.sql" -c 16 -j 1 -T 4 -h "$folder" -U postgres postgres | sed -n 's/^tps = \([0-9]*\).*/\1/p'; }
plain=$(tps plain) told=$(tps told)
echo "postgresql $("${psql[@]}" -c 'SHOW server_version'), 16 writers, commits a second: plain $plain, with pg_notify $told"
[ "$plain" -gt $((told * 3 / 2)) ] || { echo "this has changed"; exit 1; }
