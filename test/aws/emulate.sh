#!/bin/sh
# Within its own network: starts the emulator, bootstraps and deploys, and runs the tests. Called by run.sh.
set -eu
python=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
ip link set lo up

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
# The functions are run by the `node` that is found first: the one that the lock file pins.
PATH=$PWD/node_modules/.bin:$PATH
port=4566
account=123456789012
region=eu-west-1

# Over TLS only, as on AWS: buckets, queues and topics refuse plain http.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=test:aws" \
  -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
  -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
echo "subjectAltName=DNS:localhost,DNS:*.localhost,DNS:*.execute-api.localhost,IP:127.0.0.1" >"$work/extensions"
openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 1 \
  -extfile "$work/extensions" -out "$work/server.pem" 2>/dev/null

# An environment of its own: the functions inherit it.
env -i PATH="$PATH" HOME="$work" TMPDIR="$work" NODE_EXTRA_CA_CERTS="$work/ca.pem" \
  GATEWAY_PORT=$port MINISTACK_REGION=$region MINISTACK_ACCOUNT_ID=$account AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \
  AUTH=true USE_SSL=1 MINISTACK_SSL_CERT="$work/server.pem" MINISTACK_SSL_KEY="$work/server.key" \
  "$python" "$here/emulator.py" >"$work/emulator.log" 2>&1 &
emulator=$!

for name in $(env | sed -n 's/^\(AWS_[A-Z0-9_]*\)=.*/\1/p'); do unset "$name"; done
export NODE_EXTRA_CA_CERTS="$work/ca.pem" AWS_CA_BUNDLE="$work/ca.pem" AWS_ENDPOINT_URL=https://localhost:$port
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=$region AWS_EC2_METADATA_DISABLED=true
export CHAINMAIL_AWS_OUTPUTS="$work/outputs.json" CHAINMAIL_AWS_LOG="$work/emulator.log" CHAINMAIL_AWS_WORK="$work"

fail() {
  tail -n 60 "$1"
  echo "test:aws: $2 failed" >&2
  exit 1
}

tries=0
until curl -sf --cacert "$work/ca.pem" "$AWS_ENDPOINT_URL/_ministack/health" >/dev/null; do
  tries=$((tries + 1))
  kill -0 $emulator 2>/dev/null && [ $tries -lt 240 ] || fail "$work/emulator.log" "the emulator's start"
  sleep 0.25
done

step() {
  name=$1
  shift
  cdk --output "$work/cdk.out" "$@" >"$work/$name.log" 2>&1 || fail "$work/$name.log" "cdk $name"
  echo "cdk $name: done"
}

settings="-c stackName=Lab -c every=1m -c alertEmail=ops@example.com -c alertSms=+15005550006 -c escalateEmail=boss@example.com"
export CHAINMAIL_AWS_SETTINGS="$settings"
step bootstrap bootstrap aws://$account/$region $settings
# The release before is there first, and its tables hold something when it is upgraded.
step synth synth --quiet $settings
node "$here/previous.ts" "$work/cdk.out" "$work/previous"
step deploy-previous deploy Lab --app "$work/previous" --require-approval never
node "$here/kept.ts" write
step deploy deploy $settings --require-approval never --outputs-file "$CHAINMAIL_AWS_OUTPUTS"
node "$here/kept.ts" check || fail "$work/deploy.log" "what the tables held before the upgrade"
vitest run --project aws "$@" || fail "$work/emulator.log" "a test"
# Deployed is what the sources say, and all of it but the tables can be taken away. The assembly stands: nothing is bundled again.
step diff diff --app "$work/cdk.out" --fail
step destroy destroy --app "$work/cdk.out" --force
node "$here/left.ts" Lab-config Lab-ledger Lab-state || fail "$work/destroy.log" "what is left"

# Tables that were left are adopted again, with what they hold; and go when the context says so.
node "$here/mapping.ts" "$work/cdk.out/Lab.template.json" >"$work/tables.json"
step import import Lab --app "$work/cdk.out" --resource-mapping "$work/tables.json"
step deploy-again deploy --app "$work/cdk.out" --require-approval never
node bin/chainmail.js customers list --stack Lab | grep -q '^acme ' || fail "$work/deploy-again.log" "the customers of adopted tables"
step deploy-last deploy $settings -c keepTables=false --require-approval never
step destroy-all destroy --app "$work/cdk.out" --force
node "$here/left.ts" || fail "$work/destroy-all.log" "what is left of all"
