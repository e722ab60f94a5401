/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a romfs image.  All numbers are 32 bits, big endian.
 *
 *	superblock  "-rom1fs-" | size | checksum | volume name, zero padded to 16
 *	header      next, type | info | size | checksum | name, zero padded to 16 | contents
 *
 * Headers start at multiples of 16; the low four bits of "next" are the type and the exec bit.
 * Both checksums make the words they cover add up to zero: of the superblock the first 512 bytes
 * of the image, of a header itself with its name.
 *
 * The entries of a directory are a chain of headers.  genromfs writes them in the order of the
 * chain, so a chain that ever goes back is a damaged one; that also bounds every walk.  A hard
 * link leads to a header that is none: genromfs makes no other, and so one step resolves it.
 *
 * Source: Linux, Documentation/filesystems/romfs.rst; genromfs 0.5.2.
 */
#include "romfs_format.h"

#include <errno.h>
#include <lib/bytes.h>
#include <string.h>

#define MAGIC_1		0x2d726f6dU /* "-rom" */
#define MAGIC_2		0x3166732dU /* "1fs-" */
#define ALIGNMENT	16U
#define NAME_MAX_BYTES	128U /* with its zero; as Linux has it */
#define CHECKSUM_BYTES	512U /* of the image, at most */
#define TYPE_BITS	7U
#define EXEC_BIT	8U
#define NEXT_ALIGN_MASK (~(ALIGNMENT - 1))

/*@ requires \valid_read(image);
  @ assigns \nothing;
  @ ensures \result <==> off + len <= image->size;
  @*/
static bool has(const struct romfs_image *image, uint32_t off, uint32_t len)
{
	return off <= image->size && len <= image->size - off;
}

/* Do the words in @len bytes, a multiple of 4, add up to zero? */
/*@ requires len % 4 == 0 && \valid_read(at + (0 .. len - 1));
  @ assigns \nothing;
  @*/
static bool adds_up(const uint8_t *at, uint32_t len)
{
	uint32_t sum = 0;

	/*@ loop invariant i <= len && i % 4 == 0;
	  @ loop assigns i, sum;
	  @ loop variant len - i;
	  @*/
	for (uint32_t i = 0; i < len; i += 4)
		sum += get_be32(at + i);
	return sum == 0;
}

/*
 * The name of the superblock or header at @off: its bytes without the zero to @len, and where
 * what follows it starts to @behind.  False: it does not end inside the image.
 */
/*@ requires romfs_is_there(image) && \valid(len) && \valid(behind);
  @ requires \separated(len, behind, image);
  @ assigns *len, *behind;
  @ ensures \result ==> *len < NAME_MAX_BYTES && off + ROMFS_NAME_OFFSET + *len < *behind <= image->size &&
  @                     (*behind - off) % ALIGNMENT == 0;
  @*/
static bool name_at(const struct romfs_image *image, uint32_t off, uint32_t *len, uint32_t *behind)
{
	const uint8_t *name;
	uint32_t most, n = 0;

	if (!has(image, off, ROMFS_NAME_OFFSET))
		return false;
	name = image->bytes + off + ROMFS_NAME_OFFSET;
	most = image->size - off - ROMFS_NAME_OFFSET;
	if (most > NAME_MAX_BYTES)
		most = NAME_MAX_BYTES;
	/*@ loop invariant n <= most;
	  @ loop assigns n;
	  @ loop variant most - n;
	  @*/
	while (n < most && name[n])
		n++;
	if (n == most || !has(image, off, ROMFS_NAME_OFFSET + (n / ALIGNMENT + 1) * ALIGNMENT))
		return false;
	*len = n;
	*behind = off + ROMFS_NAME_OFFSET + (n / ALIGNMENT + 1) * ALIGNMENT;
	return true;
}

int romfs_open(struct romfs_image *image, const uint8_t *bytes, uint32_t limit)
{
	uint32_t len, root, checked;

	image->bytes = bytes;
	image->limit = limit;
	if (limit < 2 * ALIGNMENT || get_be32(image->bytes) != MAGIC_1 ||
	    get_be32(image->bytes + 4) != MAGIC_2)
		return -EINVAL;
	image->size = get_be32(image->bytes + 8);
	if (image->size < 2 * ALIGNMENT || image->size > limit)
		return -EINVAL;
	checked = image->size < CHECKSUM_BYTES ? image->size / 4 * 4 : CHECKSUM_BYTES;
	if (!adds_up(image->bytes, checked) || !name_at(image, 0, &len, &root))
		return -EINVAL;
	image->root = root;
	return 0;
}

int romfs_read_node(const struct romfs_image *image, uint32_t header, struct romfs_node *node)
{
	const uint8_t *at;
	uint32_t len;

	if (header < image->root || header % ALIGNMENT)
		return -EIO;
	if (!name_at(image, header, &len, &node->data))
		return -EIO;
	at = image->bytes + header;
	if (!adds_up(at, node->data - header))
		return -EIO;

	node->header = header;
	node->next = get_be32(at) & NEXT_ALIGN_MASK;
	node->type = (uint8_t)(get_be32(at) & TYPE_BITS);
	node->is_exec = (get_be32(at) & EXEC_BIT) != 0;
	node->info = get_be32(at + 4);
	node->size = get_be32(at + 8);
	node->name = (const char *)at + ROMFS_NAME_OFFSET;
	node->name_len = (uint8_t)len;

	if (node->next && node->next <= header)
		return -EIO;
	if (!has(image, node->data, node->size))
		return -EIO;
	return 0;
}

int romfs_resolve(const struct romfs_image *image, uint32_t header, struct romfs_node *node)
{
	int err = romfs_read_node(image, header, node);

	if (err || node->type != ROMFS_HARD_LINK)
		return err;
	err = romfs_read_node(image, node->info, node);
	if (!err && node->type == ROMFS_HARD_LINK)
		err = -EIO;
	return err;
}

int romfs_find(const struct romfs_image *image, uint32_t first, const char *name, size_t len,
	       struct romfs_node *node)
{
	uint32_t at = first;

	/* Every step goes up in the image, or fails. */
	/*@ loop assigns at, *node;
	  @ loop variant at == 0 ? -1 : image->size - at;
	  @*/
	while (at) {
		int err = romfs_read_node(image, at, node);

		if (err)
			return err;
		if (node->name_len == len && !memcmp(node->name, name, len))
			return 0;
		at = node->next;
	}
	return -ENOENT;
}

/*@ requires \valid_read(at + (0 .. len - 1));
  @ assigns \nothing;
  @*/
static bool is_zero(const uint8_t *at, uint32_t len)
{
	uint32_t i = 0;

	/*@ loop invariant i <= len;
	  @ loop assigns i;
	  @ loop variant len - i;
	  @*/
	while (len - i >= 16 && !get_le32(at + i) && !get_le32(at + i + 4) &&
	       !get_le32(at + i + 8) && !get_le32(at + i + 12)) /* each is one load: bytes.h */
		i += 16;
	/*@ loop invariant i <= len;
	  @ loop assigns i;
	  @ loop variant len - i;
	  @*/
	while (i < len && at[i] == 0)
		i++;
	return i == len;
}

uint32_t romfs_mappable(const struct romfs_image *image, uint32_t data, uint32_t size,
			uint32_t page_size)
{
	uint32_t tail = size % page_size;
	uint32_t whole = size - tail;

	if (!has(image, data, size))
		return 0;
	if (tail == 0 || image->limit - data - whole < page_size)
		return whole;
	return is_zero(image->bytes + data + size, page_size - tail) ? whole + page_size : whole;
}
