/* SPDX-License-Identifier: MIT */
/*
 * Services: programs that are started again when they end, and that is said.
 *
 *	start --> ends --pause--> start ...
 *
 * The pause is PAUSE_MIN, and twice as long each time up to PAUSE_MAX, for one that cannot live; one
 * that has lived for LIFE begins anew.
 */
#include "init.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <croft.h>

/* s */
#define PAUSE_MIN 1
#define PAUSE_MAX 30
#define LIFE	  10

#define SERVICES_MAX 5 /* with the shell */

static struct service *services[SERVICES_MAX];

static long now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec + 1; /* never 0 */
}

void service_add(struct service *service)
{
	for (unsigned int i = 0; i < SERVICES_MAX; i++)
		if (!services[i]) {
			service->due = now_s();
			services[i] = service;
			return;
		}
	SAY(service->name ? service->name : "sh", ": too many services");
}

static const char *decimal(char to[12], long n)
{
	char *p = to + 11;

	*p = '\0';
	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	return p;
}

/* It is over: start it again later. */
static void pause_it(struct service *service, const char *what, const char *why)
{
	const char *name = service->name ? service->name : "sh";
	long lived = now_s() - service->started;
	char text[12];

	service->pid = 0;
	if (!service->respawns) {
		SAY(name, what, why);
		return;
	}
	service->pause = lived >= LIFE || !service->pause ? PAUSE_MIN : service->pause * 2;
	if (service->pause > PAUSE_MAX)
		service->pause = PAUSE_MAX;
	service->due = now_s() + service->pause;
	SAY(name, what, why, "; again in ", decimal(text, service->pause), " s");
}

/* A service has a group of its own, so that no key is meant for it. */
static void start(struct service *service)
{
	static char *const environment[] = { "PATH=/bin", NULL };
	struct spawn_args args = {
		.path = service->words[0],
		.argv = service->words,
		.envp = environment,
		.flags = SPAWN_SETSIGMASK | (service->name ? SPAWN_SETPGROUP : 0),
	};

	service->started = now_s();
	service->pid = croft_spawn(&args);
	if (service->pid < 0)
		pause_it(service, " cannot be started", "");
}

long service_start_due(void)
{
	long next = -1;

	for (unsigned int i = 0; i < SERVICES_MAX && services[i]; i++) {
		struct service *service = services[i];
		bool has_ended = service->started && !service->respawns;
		long left;

		if (service->pid || has_ended)
			continue;
		left = service->due - now_s();
		if (left <= 0)
			start(service);
		left = service->due - now_s();
		if (!service->pid && service->respawns && (next < 0 || left < next))
			next = left > 0 ? left : 0;
	}
	return next;
}

void service_ended(pid_t pid, int status)
{
	char text[12];

	for (unsigned int i = 0; i < SERVICES_MAX && services[i]; i++) {
		if (services[i]->pid != pid)
			continue;
		if (WIFSIGNALED(status))
			pause_it(services[i], " ended: signal ", decimal(text, WTERMSIG(status)));
		else
			pause_it(services[i], " ended: status ",
				 decimal(text, WEXITSTATUS(status)));
		return;
	}
}
