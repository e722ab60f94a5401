/* SPDX-License-Identifier: MIT */
/*
 * fs/romfs_format.c: a volume that genromfs made reads as it was meant; one that is damaged in
 * any byte, or cut off anywhere, never leads outside its bytes and never into a loop.
 *
 * Images lie in memory of exactly their length, so that the sanitizer sees every byte too far.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../fs/romfs_format.c"

#define PAGE  1024U
#define DEPTH 6 /* deeper than the image; a damaged one may have directories in a ring */

static uint8_t *golden;
static uint32_t golden_size;

/* sh, in place of a library of file operations */
static int run(const char *format, const char *dir)
{
	char command[1024];

	snprintf(command, sizeof(command), format, dir, dir);
	return system(command);
}

static int make_image(void **state)
{
	char dir[] = "/tmp/croft-romfs-XXXXXX";
	char path[64];
	FILE *file;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	if (run("cd %s && mkdir -p r/bin r/dev r/etc/deep && cd r && "
		"printf hello >etc/short && yes croft | head -c 1024 >etc/page && "
		"yes flash | head -c 1500 >bin/prog && chmod +x bin/prog && : >etc/empty && "
		"ln etc/short etc/deep/hard && ln -s short etc/soft && "
		"printf x >etc/a-name-of-thirty-two-characters! && "
		"chmod -x etc/short etc/page && cd .. && "
		"genromfs -d r -f image -V test -A 1024,prog -A 1024,page -A 1024,short",
		dir))
		return -1;
	snprintf(path, sizeof(path), "%s/image", dir);
	file = fopen(path, "rb");
	if (!file)
		return -1;
	fseek(file, 0, SEEK_END);
	golden_size = (uint32_t)ftell(file);
	rewind(file);
	golden = malloc(golden_size);
	if (fread(golden, 1, golden_size, file) != golden_size)
		return -1;
	fclose(file);
	return run("rm -r %s", dir);
}

static int drop_image(void **state)
{
	(void)state;
	free(golden);
	return 0;
}

/* The header of a path, hard links resolved. */
static int at_path(const struct romfs_image *image, const char *path, struct romfs_node *node)
{
	int err = romfs_resolve(image, image->root, node);

	while (!err && *path) {
		size_t len = strcspn(path, "/");

		err = romfs_find(image, node->info, path, len, node);
		if (!err)
			err = romfs_resolve(image, node->header, node);
		path += len;
		path += *path == '/';
	}
	return err;
}

static void test_genromfs_volume_reads_as_made(void **state)
{
	struct romfs_image image;
	struct romfs_node node, other;

	(void)state;
	assert_int_equal(romfs_open(&image, golden, golden_size), 0);
	assert_int_equal(at_path(&image, "", &node), 0);
	assert_int_equal(node.type, ROMFS_DIRECTORY);

	assert_int_equal(at_path(&image, "etc/short", &node), 0);
	assert_int_equal(node.type, ROMFS_REGULAR);
	assert_int_equal(node.size, 5);
	assert_false(node.is_exec);
	assert_memory_equal(golden + node.data, "hello", 5);

	assert_int_equal(at_path(&image, "etc/deep/hard", &other), 0);
	assert_int_equal(other.header, node.header);
	assert_int_equal(at_path(&image, "etc/deep/../short", &other), 0);
	assert_int_equal(other.header, node.header);
	assert_int_equal(at_path(&image, "etc/./../etc/short", &other), 0);
	assert_int_equal(other.header, node.header);

	assert_int_equal(at_path(&image, "bin/prog", &node), 0);
	assert_true(node.is_exec);
	assert_int_equal(node.size, 1500);
	assert_int_equal(node.data % PAGE, 0);
	assert_int_equal(at_path(&image, "etc/soft", &node), 0);
	assert_int_equal(node.type, ROMFS_SYMLINK);
	assert_int_equal(at_path(&image, "etc/empty", &node), 0);
	assert_int_equal(node.size, 0);

	assert_int_equal(at_path(&image, "etc/shor", &node), -ENOENT);
	assert_int_equal(at_path(&image, "etc/shortt", &node), -ENOENT);
}

static void test_last_page_is_mapped_only_where_the_rest_is_zero(void **state)
{
	uint8_t bytes[3 * PAGE] = { 0 };
	struct romfs_image image = { .bytes = bytes, .size = 2 * PAGE + 100, .limit = 3 * PAGE };

	(void)state;
	assert_int_equal(romfs_mappable(&image, PAGE, 0, PAGE), 0);
	assert_int_equal(romfs_mappable(&image, PAGE, PAGE, PAGE), PAGE);
	assert_int_equal(romfs_mappable(&image, PAGE, 5, PAGE), PAGE);
	assert_int_equal(romfs_mappable(&image, PAGE, PAGE + 100, PAGE), 2 * PAGE);
	/* The file reaches past the volume. */
	assert_int_equal(romfs_mappable(&image, PAGE, PAGE + 101, PAGE), 0);
	/* Its last page reaches past what can be read. */
	image.limit = 3 * PAGE - 1;
	assert_int_equal(romfs_mappable(&image, PAGE, PAGE + 100, PAGE), PAGE);
	image.limit = 3 * PAGE;
	/* Something else begins in the page, in its first or in its last byte. */
	bytes[PAGE + 5] = 1;
	assert_int_equal(romfs_mappable(&image, PAGE, 5, PAGE), 0);
	assert_int_equal(romfs_mappable(&image, PAGE, 6, PAGE), PAGE);
	bytes[3 * PAGE - 1] = 1;
	assert_int_equal(romfs_mappable(&image, PAGE, PAGE + 100, PAGE), PAGE);
}

/* Read everything that can be reached, touching every byte; sums them up, and counts headers. */
static uint32_t walk(const struct romfs_image *image, uint32_t first, int depth, uint32_t *budget)
{
	struct romfs_node node, target;
	uint32_t sum = 0;

	for (uint32_t at = first; at && *budget; at = node.next, --*budget) {
		if (romfs_read_node(image, at, &node))
			return sum;
		for (uint32_t i = 0; i <= node.name_len; i++)
			sum += (uint8_t)node.name[i];
		for (uint32_t i = 0; i < node.size; i++)
			sum += image->bytes[node.data + i];
		sum += romfs_mappable(image, node.data, node.size, PAGE);
		if (romfs_resolve(image, at, &target))
			continue;
		for (uint32_t i = 0; i < target.size; i++)
			sum += image->bytes[target.data + i];
		romfs_find(image, target.info, "nothing", 7, &target);
		if (depth && node.type == ROMFS_DIRECTORY && node.info != first)
			sum += walk(image, node.info, depth - 1, budget);
	}
	return sum;
}

static void read_all(const uint8_t *bytes, uint32_t size)
{
	uint8_t *exact = malloc(size);
	struct romfs_image image;
	uint32_t budget = 300;

	memcpy(exact, bytes, size);
	if (!romfs_open(&image, exact, size))
		walk(&image, image.root, DEPTH, &budget);
	free(exact);
}

/* Make the words of [start, end) add up again, by the one at @at. */
static void seal_range(uint8_t *bytes, uint32_t start, uint32_t end, uint32_t at)
{
	uint32_t sum = 0;

	memset(bytes + at, 0, 4);
	for (uint32_t i = start; i < end; i += 4)
		sum -= get_be32(bytes + i);
	for (int i = 0; i < 4; i++)
		bytes[at + (uint32_t)i] = (uint8_t)(sum >> (24 - 8 * i));
}

/* A forger's image: whatever is damaged in a header, its checksum is right. */
static void seal(uint8_t *bytes, const uint32_t *headers, unsigned int nheaders)
{
	struct romfs_image image = { .bytes = bytes, .size = golden_size };

	for (unsigned int i = 0; i < nheaders; i++) {
		uint32_t len, behind;

		if (name_at(&image, headers[i], &len, &behind))
			seal_range(bytes, headers[i], behind, headers[i] + 12);
	}
	seal_range(bytes, 0, golden_size < CHECKSUM_BYTES ? golden_size : CHECKSUM_BYTES, 12);
}

/* All offsets of the golden image at which a sound header lies. */
static unsigned int find_headers(uint32_t *headers, unsigned int most)
{
	struct romfs_image image;
	struct romfs_node node;
	unsigned int n = 0;

	assert_int_equal(romfs_open(&image, golden, golden_size), 0);
	for (uint32_t at = image.root; at < golden_size && n < most; at += ALIGNMENT) {
		if (!romfs_read_node(&image, at, &node) && node.name_len)
			headers[n++] = at;
	}
	return n;
}

static void corrupt_each_byte(bool is_forged)
{
	static const uint8_t flips[] = { 0x01, 0x07, 0x08, 0x10, 0x80, 0xff };
	uint32_t headers[64];
	unsigned int nheaders = find_headers(headers, 64);
	uint8_t *bytes = malloc(golden_size);

	assert_in_range(nheaders, 15, 40);
	for (uint32_t at = 0; at < golden_size; at++) {
		for (unsigned int i = 0; i < sizeof(flips); i++) {
			memcpy(bytes, golden, golden_size);
			bytes[at] ^= flips[i];
			if (is_forged)
				seal(bytes, headers, nheaders);
			read_all(bytes, golden_size);
		}
	}
	free(bytes);
}

static void test_damage_in_any_byte_is_survived(void **state)
{
	(void)state;
	corrupt_each_byte(false);
}

static void test_forgery_of_any_byte_is_survived(void **state)
{
	(void)state;
	corrupt_each_byte(true);
}

/* Words of headers set to what hurts most: every other header, the ends, and just past them. */
static void test_forged_offsets_are_survived(void **state)
{
	uint32_t headers[64];
	unsigned int nheaders = find_headers(headers, 64);
	uint8_t *bytes = malloc(golden_size);

	(void)state;
	for (unsigned int h = 0; h < nheaders; h++) {
		for (unsigned int w = 0; w < 3; w++) {
			for (unsigned int v = 0; v < (nheaders + 6) * 8; v++) {
				uint32_t odd[] = { 0,	       golden_size - 16, golden_size,
						   0xfffffff0, 0x80000000,	 0xffffffff - 7 };
				uint32_t value = v / 8 < nheaders ? headers[v / 8]
								  : odd[v / 8 - nheaders];

				value = (value & ~7U) | v % 8;
				memcpy(bytes, golden, golden_size);
				for (unsigned int i = 0; i < 4; i++)
					bytes[headers[h] + 4 * w + i] =
						(uint8_t)(value >> (24 - 8 * i));
				seal(bytes, headers, nheaders);
				read_all(bytes, golden_size);
			}
		}
	}
	free(bytes);
}

static void test_cut_volume_is_refused(void **state)
{
	struct romfs_image image;

	(void)state;
	for (uint32_t limit = 0; limit < golden_size; limit++) {
		uint8_t *exact = malloc(limit ? limit : 1);

		memcpy(exact, golden, limit);
		if (!romfs_open(&image, exact, limit)) {
			/* Only padding behind the size that it states was cut off. */
			assert_true(image.size <= limit);
			limit = golden_size;
		}
		free(exact);
	}
}

static void test_chain_must_climb(void **state)
{
	uint8_t *bytes = malloc(golden_size);
	struct romfs_image image;
	struct romfs_node node;
	uint32_t header;

	(void)state;
	memcpy(bytes, golden, golden_size);
	assert_int_equal(romfs_open(&image, bytes, golden_size), 0);
	assert_int_equal(at_path(&image, "etc", &node), 0);
	assert_int_equal(romfs_read_node(&image, node.info, &node), 0);
	/* The first entry of /etc is followed by itself. */
	header = node.header;
	bytes[header] = (uint8_t)(header >> 24);
	bytes[header + 1] = (uint8_t)(header >> 16);
	bytes[header + 2] = (uint8_t)(header >> 8);
	bytes[header + 3] = (uint8_t)((header & 0xf0) | (golden[header + 3] & 0xf));
	seal(bytes, &header, 1);
	assert_int_equal(romfs_find(&image, header, "nothing", 7, &node), -EIO);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_genromfs_volume_reads_as_made),
		cmocka_unit_test(test_last_page_is_mapped_only_where_the_rest_is_zero),
		cmocka_unit_test(test_damage_in_any_byte_is_survived),
		cmocka_unit_test(test_forgery_of_any_byte_is_survived),
		cmocka_unit_test(test_forged_offsets_are_survived),
		cmocka_unit_test(test_cut_volume_is_refused),
		cmocka_unit_test(test_chain_must_climb),
	};

	return cmocka_run_group_tests(tests, make_image, drop_image);
}
