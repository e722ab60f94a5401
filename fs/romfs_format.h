/* SPDX-License-Identifier: MIT */
/*
 * Reading a romfs image: pure functions from bytes to facts, without the kernel, so that they
 * are tested and fuzzed on a PC.
 *
 * Nothing in the image is trusted.  No function here reads outside the bytes it was given, none
 * recurses, and each ends after at most as many steps as the image has room for headers.
 */
#ifndef FS_ROMFS_FORMAT_H
#define FS_ROMFS_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROMFS_NAME_OFFSET 16U /* of the name, in a superblock or header */

struct romfs_image {
	const uint8_t *bytes;
	uint32_t size;	/* of the file system, as its superblock says */
	uint32_t limit; /* bytes that may be read; at least @size */
	uint32_t root;	/* offset of the first header of the root directory */
};

enum romfs_type {
	ROMFS_HARD_LINK = 0,
	ROMFS_DIRECTORY = 1,
	ROMFS_REGULAR = 2,
	ROMFS_SYMLINK = 3,
	ROMFS_BLOCK = 4,
	ROMFS_CHAR = 5,
	ROMFS_SOCKET = 6,
	ROMFS_FIFO = 7,
};

/* One file header, checked: all that it names lies in the image. */
struct romfs_node {
	uint32_t header;  /* offset of the header; a multiple of 16 */
	uint32_t next;	  /* of the next entry of the directory; 0: the last */
	uint32_t info;	  /* hard link: the target's header; directory: its first entry */
	uint32_t data;	  /* offset of the contents */
	uint32_t size;	  /* bytes in the contents */
	const char *name; /* in the image; ends with a zero */
	uint8_t name_len; /* bytes */
	uint8_t type;	  /* enum romfs_type */
	bool is_exec;
};

/* An image that romfs_open() took, and whose bytes are still there (docs/proofs.md). */
/*@ predicate romfs_is_there(struct romfs_image *image) =
  @   \valid_read(image) && \valid_read(image->bytes + (0 .. image->limit - 1)) &&
  @   image->size <= image->limit;
  @
  @ predicate romfs_is_sound(struct romfs_image *image) =
  @   romfs_is_there(image) && 0 < image->root <= image->size;
  @
  @ predicate romfs_apart(struct romfs_image *image, struct romfs_node *node) =
  @   \separated(node, image) && \separated(node, image->bytes + (0 .. image->limit - 1));
  @*/

/**
 * romfs_open - judge the superblock
 * @bytes: @limit bytes that may hold an image at their start
 *
 * Return: 0; -EINVAL: magic, size or checksum is wrong.
 */
/*@ requires \valid(image) && \valid_read(bytes + (0 .. limit - 1));
  @ requires \separated(image, bytes + (0 .. limit - 1));
  @ assigns *image;
  @ ensures \result == 0 ==> romfs_is_sound(image) && image->bytes == bytes &&
  @                          image->limit == limit;
  @*/
int romfs_open(struct romfs_image *image, const uint8_t *bytes, uint32_t limit);

/* Read the header at @header.  0; -EIO: that is no sound header. */
/*@ requires romfs_is_sound(image) && \valid(node) && romfs_apart(image, node);
  @ assigns *node;
  @ ensures \result == 0 ==> node->data + node->size <= image->size &&
  @                          (node->next == 0 || node->next > header);
  @*/
int romfs_read_node(const struct romfs_image *image, uint32_t header, struct romfs_node *node);

/* The same, but the target's header where that is a hard link.  0, -EIO. */
/*@ requires romfs_is_sound(image) && \valid(node) && romfs_apart(image, node);
  @ assigns *node;
  @ ensures \result == 0 ==> node->data + node->size <= image->size &&
  @                          node->type != ROMFS_HARD_LINK;
  @*/
int romfs_resolve(const struct romfs_image *image, uint32_t header, struct romfs_node *node);

/**
 * romfs_find - look for a name in a directory
 * @first: the directory's first entry (node.info); 0: it is empty
 * @node:  the entry of that name itself, which may be a hard link
 *
 * Return: 0, -ENOENT, -EIO.
 */
int romfs_find(const struct romfs_image *image, uint32_t first, const char *name, size_t len,
	       struct romfs_node *node);

/**
 * romfs_mappable - how much of a file can be mapped as it lies
 * @page_size: power of two; the contents are taken to start on a page
 *
 * The last page of a file counts when what follows the file in it can be read and is zero.
 *
 * Return: bytes, a multiple of @page_size; 0: nothing.
 */
/*@ requires romfs_is_sound(image) && 0 < page_size <= 0x10000;
  @ assigns \nothing;
  @*/
uint32_t romfs_mappable(const struct romfs_image *image, uint32_t data, uint32_t size,
			uint32_t page_size);

#endif
