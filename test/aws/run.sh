#!/bin/sh
# Deploys the stack as it is to an emulator of AWS on loopback, by the real CDK, and drives it: no account, no docker.
#
# Needs Linux with `unshare` and `ip` (util-linux, iproute2), `openssl`, `curl` and Python from 3.10 with venv, and the registry of
# Python packages once: MiniStack and cfn-lint are installed into a cache folder. By hand: python3 -m venv V && V/bin/pip install ministack==1.5.33 cfn-lint==1.58.0
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${CHAINMAIL_AWS:-${XDG_CACHE_HOME:-$HOME/.cache}/chainmail-aws}
ministack=1.5.33
cfnlint=1.58.0
rie=github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@v0.0.0-20261030222936-bef5c4ba774d
venv=$cache/ministack-$ministack-cfn-lint-$cfnlint

die() {
  echo "test:aws: $1" >&2
  exit 1
}

for tool in unshare ip openssl curl python3; do
  command -v $tool >/dev/null || die "needs $tool: apt-get install util-linux iproute2 openssl curl python3-venv"
done

if [ ! -e "$venv/done" ]; then
  mkdir -p "$cache"
  rm -rf "$venv"
  python3 -m venv "$venv" || die "python3 can't make a venv: apt-get install python3-venv"
  "$venv/bin/pip" install -q --disable-pip-version-check ministack==$ministack cryptography cfn-lint==$cfnlint ||
    die "MiniStack or cfn-lint can't be fetched: is there a network, and the registry of Python packages?"
  touch "$venv/done"
fi

# AWS's Runtime Interface Emulator, where Go is there to build it: without it nothing is measured of the bundles' start.
if [ ! -e "$cache/rie/aws-lambda-rie" ]; then
  command -v go >/dev/null && GOBIN=$cache/rie timeout 300 go install "$rie" 2>/dev/null ||
    echo "test:aws: the bundles' start isn't measured: needs Go, and the registry of its modules" >&2
fi

# The templates of five contexts. CDK itself says twice what a function waits for (W3005).
templates=$(mktemp -d)
"$here/../../node_modules/.bin/node" "$here/templates.ts" "$templates"
"$venv/bin/cfn-lint" --ignore-checks W3005 -- "$templates"/*/*.template.json || die "cfn-lint isn't content with a template in $templates"
rm -rf "$templates"
echo "cfn-lint: done"

# A network of its own with nothing but loopback: the functions reach nothing else, no port is in anybody's way.
# And processes of its own: whatever was started is gone with the first of them.
user=
[ "$(id -u)" = 0 ] || user=--map-root-user
exec unshare $user --net --pid --mount-proc --fork --kill-child "$here/emulate.sh" "$venv/bin/python" "$@"
