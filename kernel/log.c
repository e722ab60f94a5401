/* SPDX-License-Identifier: MIT */
/* The log.  See include/kernel/log.h. */
#include <kernel/config.h>
#include <kernel/log.h>
#include <string.h>

#define SEAL 0x4b6c6f67u

/* Nobody clears it at boot. */
static struct {
	uint32_t seal; /* SEAL: @sum is that of the rest */
	uint32_t sum;
	uint32_t end; /* bytes ever written; byte n is at n % CONFIG_LOG_SIZE */
	char bytes[CONFIG_LOG_SIZE];
} ring __attribute__((section(".noinit")));

static uint32_t told;	      /* bytes that log_take() gave away */
static const char *mark = ""; /* what is said where it came too late */

static uint32_t sum(void)
{
	uint32_t value = SEAL ^ ring.end;

	for (size_t i = 0; i < sizeof(ring.bytes); i++)
		value = (value << 5 | value >> 27) ^ (uint8_t)ring.bytes[i];
	return value;
}

void log_init(void)
{
	static const char text[] = "--- reset after a panic ---\n";
	bool is_sealed = ring.seal == SEAL && ring.sum == sum();

	ring.seal = 0;
	if (is_sealed)
		log_write(text, sizeof(text) - 1);
	else
		ring.end = 0;
	log_told();
}

void log_write(const char *from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		ring.bytes[ring.end++ % CONFIG_LOG_SIZE] = from[i];
}

/* Where the oldest whole line begins. */
static uint32_t oldest(void)
{
	uint32_t at = ring.end - CONFIG_LOG_SIZE;

	if (ring.end <= CONFIG_LOG_SIZE)
		return 0;
	while (at != ring.end && ring.bytes[at++ % CONFIG_LOG_SIZE] != '\n')
		;
	return at;
}

size_t log_line(uint32_t *pos, char *to, size_t size)
{
	size_t len = 0;

	*pos = MAX(*pos, oldest());
	while (*pos < ring.end && (len == 0 || to[len - 1] != '\n')) {
		to[len++] = ring.bytes[(*pos)++ % CONFIG_LOG_SIZE];
		if (len == size)
			to[len - 1] = '\n';
	}
	return len;
}

void log_told(void)
{
	told = ring.end;
}

bool log_has_more(void)
{
	return *mark || told != ring.end;
}

char log_take(void)
{
	if (ring.end - told > CONFIG_LOG_SIZE) {
		told = oldest();
		mark = "\n...\n";
	}
	return *mark ? *mark++ : ring.bytes[told++ % CONFIG_LOG_SIZE];
}

void log_seal(void)
{
	ring.sum = sum();
	ring.seal = SEAL;
}
