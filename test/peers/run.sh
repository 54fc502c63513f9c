#!/bin/sh
# Looks at real mail servers: Postfix and Exim on loopback ports, and TLS servers of OpenSSL, GnuTLS, Go and Java behind a
# relay, compared with posttls-finger, openssl s_client, sslscan, nmap and testssl.sh.
#
# Needs Debian or Ubuntu, root (Postfix starts as root), and the archive once: the packages are unpacked into a cache
# folder, so nothing on the system changes and they can stand side by side. By hand it would be:
#   apt-get update && apt-get install --no-install-recommends postfix openssl    (and exim4-daemon-light elsewhere)
# Go and Java are taken from there too where the machine has none.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
CHAINMAIL_PEERS=${CHAINMAIL_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/chainmail-peers}
export CHAINMAIL_PEERS

die() {
  echo "test:peers: $1" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || die "must run as root, since Postfix starts as root: sudo npm run test:peers"
command -v apt-get >/dev/null || die "needs apt-get (Debian, Ubuntu) to fetch Postfix and Exim"
export DEBIAN_FRONTEND=noninteractive
command -v openssl >/dev/null || apt-get install -y -qq --no-install-recommends openssl

# The package and those of its dependencies that the system lacks.
missing() {
  apt-get -s install -y --no-install-recommends "$1" | awk '/^Inst/ { print $2 }'
}

unpack() {
  root=$CHAINMAIL_PEERS/$1
  rm -rf "$root"
  mkdir -p "$root/debs"
  # An installed package isn't missing, but fetched all the same: the tests only look into the cache.
  debs=$(missing "$1")
  (cd "$root/debs" && apt-get download -qq ${debs:-$1}) || die "$1 can't be fetched: is there a network, and an archive in /etc/apt?"
  for deb in "$root"/debs/*.deb; do dpkg -x "$deb" "$root"; done
  rm -r "$root/debs"
  # Some packages still name /lib, which is the same folder on a system.
  if [ -d "$root/lib" ]; then cp -a "$root/lib/." "$root/usr/lib/"; fi
  # What is linked by a full path is in there as well.
  find "$root" -type l -lname '/*' | while read -r link; do
    to=$root$(readlink "$link")
    if [ -e "$to" ]; then ln -sfn "$to" "$link"; fi
  done
  # update-alternatives would link it to there.
  for library in "$root"/usr/lib/*/blas/lib*.so.*; do
    if [ -e "$library" ]; then ln -sf "$library" "${library%/blas/*}/"; fi
  done
  touch "$root/done"
}

# Exim insists on an account of its own, which libnss-wrapper shows to it alone.
packages="postfix exim4-daemon-light libnss-wrapper sslscan nmap testssl.sh gnutls-bin"
command -v go >/dev/null || packages="$packages golang-go"
command -v java >/dev/null || packages="$packages default-jre-headless"
wanted=
for package in $packages; do [ -e "$CHAINMAIL_PEERS/$package/done" ] || wanted="$wanted $package"; done
if [ -n "$wanted" ]; then
  apt-get update -qq || die "apt-get update failed: is there a network?"
fi
for package in $wanted; do unpack "$package"; done

cd "$here/../.."
exec npx vitest run --project peers "$@"
