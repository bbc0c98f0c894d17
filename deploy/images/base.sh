#!/usr/bin/env bash
# Builds a base image for the services, without a registry and without a container engine: a Java runtime, and the C and C++
# libraries of this machine. Contains no shell and no package manager. Works without root, on Debian and its derivatives.
# The same JDK and the same packages produce the same bytes.
set -euo pipefail
if [ $# -ne 2 ] || [ ! -x "$1/bin/jlink" ]; then
  echo "usage: base.sh JDK OUTPUT.tar       JDK: folder of a JDK 25, with bin/jlink" >&2
  exit 2
fi
jdk=$(realpath "$1") output=$(realpath -m "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
root=$work/root
mkdir -p "$root"/{etc,opt/java,proc,dev,sys,usr/lib,usr/lib64,var/lib} "$root/tmp"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"

"$jdk/bin/jlink" --output "$root/opt/java/openjdk" --no-header-files --no-man-pages --compress zip-6 --add-modules \
  java.se,jdk.crypto.ec,jdk.jcmd,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.security.auth,jdk.unsupported,jdk.zipfs

packages="libc6 libgcc-s1 libstdc++6"
dpkg-query --listfiles $packages | grep -E '\.so(\.|$)' | grep -vE '/(gconv|audit)/|-gdb\.py$' | sort -u |
  while read -r file; do
    if [ -f "$file" ] || [ -L "$file" ]; then
      target=$root$(sed -E 's#^/(lib|lib64)/#/usr/\1/#' <<<"$file")
      mkdir -p "${target%/*}"
      cp -d "$file" "$target"
    fi
  done
for package in $packages; do
  mkdir -p "$root/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
done
printf 'root:x:0:0:root:/root:/sbin/nologin\ndietsb:x:10001:10001:dietsb:/var/lib/dietsb:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\ndietsb:x:10001:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
cp /etc/os-release "$root/etc/os-release"
chmod 1777 "$root/tmp"
# What a package lets run with its owner's rights has no place here.
find "$root" -perm /6000 -exec chmod ug-s {} +

pack() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu -C "$1" -cf "$2" "${@:3}"; }
mkdir "$work/image"
pack "$root" "$work/image/layer.tar" .
layer=$(sha256sum "$work/image/layer.tar" | cut -d ' ' -f 1)
cat >"$work/image/config.json" <<JSON
{"architecture": "amd64", "os": "linux", "created": "1970-01-01T00:00:00Z",
 "config": {"Env": ["PATH=/opt/java/openjdk/bin", "JAVA_HOME=/opt/java/openjdk", "LANG=C.UTF-8"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]},
 "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "$("$jdk/bin/java" --version | sed -n 2p); $(dpkg-query --show --showformat '${Package} ${Version} ' $packages)"}]}
JSON
echo '[{"Config": "config.json", "RepoTags": ["dietsb/base:25"], "Layers": ["layer.tar"]}]' >"$work/image/manifest.json"
mkdir -p "${output%/*}"
pack "$work/image" "$output" manifest.json config.json layer.tar
echo "$output: $(du -m "$output" | cut -f 1) MB"
