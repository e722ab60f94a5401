#!/bin/sh
# SPDX-License-Identifier: MIT
# Find the Debian packages that are missing, say what each is for, and install them.
#
#   setup.sh install|check GROUP...
#
# `check` only says what to install, and fails if anything is missing.  In sh, because Python
# may be one of the things that are missing.

set -eu

# group  package                   what for
packages='
build  gcc-arm-none-eabi          compiles the kernel and the programs
build  libnewlib-arm-none-eabi    C library of the kernel
build  newlib-source              C library of the programs, built position independent
build  xz-utils                   unpacks it
build  gcc                        its configure script wants a compiler of this machine
build  libc6-dev                  headers for that compiler
build  genromfs                   makes the file system in flash
build  python3                    runs the tools of this tree
build  python3-kconfiglib         reads Kconfig
run    qemu-system-arm            emulates the boards
test   libcmocka-dev              runs the tests on this machine
debug  gdb-multiarch              opens core dumps, and debugs what runs in QEMU
test   chromium                   shows the page that make map draws, in tests
lint   clang                      second compiler
lint   clang-format               checks the layout of the code
lint   cppcheck                   static analysis
fuzz   clang                      builds the fuzz targets
fuzz   libclang-rt-14-dev         libFuzzer and the sanitizers for them
verify frama-c-base               proves the contracts in the code
verify why3                       hands what is to be proven to provers
verify z3                         a prover
verify cvc4                       another, which finds what the first does not
flash  openocd                    writes real boards
'

action=$1
shift

missing=
while read -r group package why; do
	case " $* " in
	*" $group "*) ;;
	*) continue ;;
	esac
	state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
	if [ "$state" != installed ]; then
		[ -n "$missing" ] || echo "These packages are missing:" >&2
		printf '  %-26s %s\n' "$package" "$why" >&2
		missing="$missing $package"
	fi
done <<EOF
$(printf '%s' "$packages" | sed '/^$/d')
EOF

[ -n "$missing" ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
install="$sudo apt-get install -y --no-install-recommends$missing"

if [ "$action" != install ]; then
	printf 'Install them by `make setup`, or:\n  %s\n' "${install# }" >&2
	exit 1
fi
for tool in apt-get $sudo; do
	if ! command -v $tool >/dev/null; then
		printf 'They cannot be installed: there is no %s here.  As root:\n  %s\n' \
			$tool "${install#*sudo }" >&2
		exit 1
	fi
done

printf 'Installing them:\n  %s\n' "${install# }" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# What is typed is not for apt; sudo asks for the password on the terminal itself.
apt() {
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@" \
		</dev/null >"$log" 2>&1
}

# The lists of packages may be absent or too old: fetch them when the first try fails.
if ! apt install -y --no-install-recommends $missing; then
	if ! apt update || ! apt install -y --no-install-recommends $missing; then
		cat "$log" >&2
		echo "The installation failed." >&2
		exit 1
	fi
fi
