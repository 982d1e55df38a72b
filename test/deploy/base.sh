#!/usr/bin/env bash
# Makes what stands in for node:24-slim where no image registry is reached: Debian's packages, and Node 24 and npm from
# their npm packages. Usage: base.sh IMAGE BUILDAH… where BUILDAH… is how buildah is called. It is made once, and kept.
set -euo pipefail

image=$1
shift
buildah=("$@")
suite=trixie
folder=$(mktemp -d /var/tmp/odoo-mcp-base.XXXXXX)
trap 'rm -rf --one-file-system "$folder"' EXIT
root=$folder/root

"${buildah[@]}" inspect --type image "$image" >/dev/null 2>&1 && exit 0

# Debian's label keeps out its security and backports archives, which hold no whole distribution.
# shellcheck disable=SC2016
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' \
  'Identifier: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' | sed -n 1p)}
[[ $mirror ]] || { echo "apt's sources name no Debian mirror; set DEBIAN_MIRROR to the URL of one." >&2; exit 1; }
eval "$(apt-config shell proxy Acquire::http::Proxy)"
[[ -z ${proxy:-} || $proxy == DIRECT ]] || export http_proxy=$proxy https_proxy=$proxy
debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "$suite" "$root" "$mirror"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* \
  "$root"/usr/share/{doc,man,locale}/* "$root/etc/resolv.conf"
# The mirror may be a snapshot, whose signed dates have passed.
cat >"$root/etc/apt/apt.conf.d/lab" <<APT
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
${http_proxy:+Acquire::http::Proxy "$http_proxy";}
APT

arch=$(node -p process.arch)
cd "$folder"
npm pack --silent "node-linux-$arch@24" npm@11 >/dev/null
mkdir -p "$root/usr/local/lib/node_modules/npm" node
tar xzf "node-linux-$arch"-24*.tgz -C node --strip-components=1
tar xzf npm-11*.tgz -C "$root/usr/local/lib/node_modules/npm" --strip-components=1
install -m 755 node/bin/node "$root/usr/local/bin/node"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
chmod 755 "$root/usr/local/lib/node_modules/npm/bin/npm-cli.js"
# npm reaches its registry in there as it does out here.
mkdir -p "$root/usr/local/etc" "$root/etc/ssl/certs"
{
  echo "registry=$(npm config get registry)"
  echo prefer-offline=true
  cafile=$(npm config get cafile)
  if [[ -f $cafile ]]; then
    install -m 644 "$cafile" "$root/etc/ssl/certs/test.pem"
    echo cafile=/etc/ssl/certs/test.pem
  fi
} >"$root/usr/local/etc/npmrc"

container=$("${buildah[@]}" from scratch)
"${buildah[@]}" add --quiet "$container" "$root" /
"${buildah[@]}" config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
"${buildah[@]}" commit --quiet --rm "$container" "$image"
