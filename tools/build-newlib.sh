#!/bin/sh
# SPDX-License-Identifier: MIT
# Build newlib from Debian's newlib-source package, position independent with data found by r9.
#
#   build-newlib.sh OUT "ARCH-FLAGS" "PIC-FLAGS"
#
# Leaves OUT/include, OUT/lib and OUT/log.

set -eu

out=$1
target=arm-none-eabi
cflags="-Os -g $2 -ffunction-sections -fdata-sections $3"

tarball=$(ls /usr/src/newlib/newlib-*.tar.xz 2>/dev/null | tail -n 1)
if [ -z "$tarball" ]; then
	echo "newlib: no source in /usr/src/newlib: package newlib-source is missing" >&2
	exit 1
fi

mkdir -p "$out"
out=$(cd "$out" && pwd)
log=$out/log
rm -rf "$out/src" "$out/obj" "$out/inst" "$out/include" "$out/lib"
mkdir -p "$out/src" "$out/obj"

# mend FILE 'SED-SCRIPT': edit a source; fails where that changes nothing.
mend() {
	sed -i.was "$2" "$1"
	! cmp -s "$1" "$1.was"
}

# Its small malloc() reads behind a block that realloc() moves, which no MPU lets it do, and what calloc()
# and memalign() are asked for may wrap.
mend_malloc() {
	mend "$1" 's/memcpy(mem, ptr, size);/memcpy(mem, ptr, nano_malloc_usable_size(RCALL ptr));/'
	mend "$1" 's/void \* mem = nano_malloc(RCALL n \* elem);/void *mem;\
	if (elem \&\& n > (malloc_size_t)-1 \/ elem) {\
		RERRNO = ENOMEM;\
		return NULL;\
	}\
	mem = nano_malloc(RCALL n * elem);/'
	mend "$1" 's/^    size_with_padding = ma_size + align - MALLOC_ALIGN;/&\
	if (ma_size < s || size_with_padding < ma_size) {\
		RERRNO = ENOMEM;\
		return NULL;\
	}/'
}

# "0x" without a digit behind it is the number 0 and an x, which begins no number (C11 7.22.1.4).
mend_strtol() {
	mend "$1" "s/c == '0' && (\*s == 'x' || \*s == 'X')/& \&\& isxdigit((unsigned char)s[1])/"
}

build() {
	tar -xf "$tarball" -C "$out/src" --strip-components=1
	mend_malloc "$out/src/newlib/libc/stdlib/nano-mallocr.c"
	for name in strtol strtoll strtoul strtoull strtoimax strtoumax; do
		mend_strtol "$out/src/newlib/libc/stdlib/$name.c"
	done
	cd "$out/obj"
	# Small where it does not show; but formats as C99 has them, since a printf that does
	# not know %lld misreads all that follows.
	../src/configure --target=$target --prefix="$out/inst" \
		--disable-multilib --disable-nls --disable-libgloss \
		--disable-newlib-supplied-syscalls \
		--enable-newlib-reent-small --enable-newlib-global-atexit \
		--enable-lite-exit --enable-newlib-nano-malloc \
		--enable-newlib-io-c99-formats --enable-newlib-io-long-long \
		--enable-newlib-retargetable-locking \
		--disable-newlib-fvwrite-in-streamio --disable-newlib-fseek-optimization \
		--disable-newlib-wide-orient --disable-newlib-unbuf-stream-opt \
		CFLAGS_FOR_TARGET="$cflags" \
		CC_FOR_TARGET=$target-gcc AR_FOR_TARGET=$target-ar AS_FOR_TARGET=$target-as \
		LD_FOR_TARGET=$target-ld NM_FOR_TARGET=$target-nm \
		RANLIB_FOR_TARGET=$target-ranlib MAKEINFO=true
	make -j"$(nproc)" all-target-newlib MAKEINFO=true
	make install-target-newlib MAKEINFO=true
	more
}

# What newlib has and compiles for other systems.
more() {
	libc=$out/src/newlib/libc
	for name in unix/basename unix/dirname posix/fnmatch posix/collcmp \
		posix/regcomp posix/regexec posix/regerror posix/regfree; do
		$target-gcc $cflags -D_GNU_SOURCE -isystem "$out/inst/$target/include" \
			-I"$libc/posix" -c "$libc/$name.c" -o "$(basename $name).o"
		$target-ar q "$out/inst/$target/lib/libc.a" "$(basename $name).o"
	done
	$target-ranlib "$out/inst/$target/lib/libc.a"
}

# The make that called must not hand its variables to newlib's own.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
for name in V T CMD APPS BOARD TIMEOUT SETUP; do
	unset $name
done

# `set -e` does not reach into a function that is tested, hence the subshell on its own.
set +e
(set -e; build) </dev/null >"$log" 2>&1
status=$?
set -e
if [ $status != 0 ]; then
	tail -n 20 "$log" >&2
	echo "newlib: the build failed; all of it is in $log" >&2
	exit 1
fi
mv "$out/inst/$target/include" "$out/include"
mv "$out/inst/$target/lib" "$out/lib"
rm -rf "$out/src" "$out/obj" "$out/inst"
