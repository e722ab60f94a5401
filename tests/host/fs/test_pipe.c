/* SPDX-License-Identifier: MIT */
/* Pipes: bytes in order, whole writes, and what each end learns of the other. */
#include "fs_world.h"

static void test_pipe_moves_bytes_in_order(void **state)
{
	struct file *reader, *writer;
	uint8_t out[300], in[300], next_out = 0, next_in = 0;
	off_t pos;

	(void)state;
	assert_int_equal(pipe_create(&reader, &writer), 0);
	assert_int_equal(file_seek(reader, 0, SEEK_SET, &pos), -ESPIPE);
	assert_int_equal(file_read(writer, in, 1), -EBADF);
	assert_int_equal(file_write(reader, in, 1), -EBADF);
	assert_int_equal(file_read(reader, in, 1), -EAGAIN);
	for (size_t round = 1; round < 3000; round++) {
		size_t len = round * 7 % sizeof(out) + 1;
		ssize_t moved;

		for (size_t i = 0; i < len; i++)
			out[i] = (uint8_t)(next_out + i);
		moved = file_write(writer, out, len);
		if (moved != -EAGAIN)
			assert_int_equal(moved, len); /* all or nothing */
		if (moved > 0)
			next_out = (uint8_t)(next_out + moved);
		moved = file_read(reader, in, round * 11 % sizeof(in) + 1);
		for (ssize_t i = 0; i < moved; i++)
			assert_int_equal(in[i], next_in++);
	}
	file_put(reader);
	file_put(writer);
}

static void test_pipe_ends(void **state)
{
	struct file *reader, *writer;
	char bytes[700] = "left";

	(void)state;
	assert_int_equal(pipe_create(&reader, &writer), 0);
	assert_int_equal(file_write(writer, bytes, 700), PIPE_SIZE);
	assert_int_equal(file_write(writer, bytes, 1), -EAGAIN);
	assert_int_equal(file_read(reader, bytes, 10), 10);
	assert_int_equal(file_write(writer, bytes, 11), -EAGAIN);
	assert_int_equal(file_write(writer, bytes, 600), 10);
	nwakes = 0;
	file_get(writer);
	file_put(writer);
	assert_int_equal(nwakes, 0);
	file_put(writer);
	assert_int_equal(nwakes, 1);
	assert_int_equal(file_read(reader, bytes, 700), PIPE_SIZE);
	assert_int_equal(file_read(reader, bytes, 700), 0);
	file_put(reader);

	assert_int_equal(pipe_create(&reader, &writer), 0);
	file_put(reader);
	assert_int_equal(file_write(writer, bytes, 1), -EPIPE);
	file_put(writer);

	for (unsigned int n = 1; n <= 3; n++) {
		unsigned int before = nrecords;

		fail_after = n;
		assert_int_equal(pipe_create(&reader, &writer), -ENOMEM);
		assert_int_equal(nrecords, before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pipe_moves_bytes_in_order),
		TEST(test_pipe_ends),
	};

	return cmocka_run_group_tests(tests, boot, NULL);
}
