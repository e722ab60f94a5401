/* SPDX-License-Identifier: MIT */
/* An image of any bytes and any length, and headers, names and ranges asked of it that may be wrong. */
#include "../../fs/romfs_format.h"
#include "eva.h"

#define IMAGE_MAX (16u << 20) /* more than any memory of a board */

static uint8_t bytes[IMAGE_MAX];

int main(void)
{
	struct romfs_image image;
	struct romfs_node node;
	uint32_t page_size = 1u << any_of(0, 16);

	any_bytes(bytes, sizeof(bytes));
	if (romfs_open(&image, bytes, any_of(0, IMAGE_MAX)))
		return 1;
	romfs_read_node(&image, any(), &node);
	romfs_resolve(&image, any(), &node);
	/*@ assert 0 < page_size <= 0x10000; */
	romfs_mappable(&image, any(), any(), page_size);
	return 0;
}
