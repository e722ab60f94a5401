/* SPDX-License-Identifier: MIT */
/* Run a target once over each file named, without libFuzzer: see README.md. */
#include "fuzz.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		static uint8_t bytes[1 << 20];
		FILE *file = fopen(argv[i], "rb");
		size_t size;

		if (!file) {
			perror(argv[i]);
			return 1;
		}
		size = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		fprintf(stderr, "%s\n", argv[i]); /* the last one is who failed */
		LLVMFuzzerTestOneInput(bytes, size);
	}
	return argc > 1 ? 0 : 2;
}
