/* SPDX-License-Identifier: MIT */
/*
 * One command out of a line.
 *
 *	line    = command { (";" | "&" | "&&" | "||" | "|") command }
 *	command = { word | [digit] ("<" | ">" | ">>") word }
 *	word    = characters, \c, '...', "...", with $? outside of '...'
 *	#       begins a comment where a word could begin
 */
#include "sh.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_MODE 0644

struct parser {
	const char *in;
	char *out, *out_end; /* in command->words */
	int status;	     /* of the command before, for $? */
	const char *error;
};

static void skip_blanks(struct parser *p)
{
	while (*p->in == ' ' || *p->in == '\t')
		p->in++;
	if (*p->in == '#')
		p->in += strlen(p->in);
}

static void emit(struct parser *p, char c)
{
	if (p->out == p->out_end)
		p->error = "command too long";
	else
		*p->out++ = c;
}

static void emit_status(struct parser *p)
{
	char text[DECIMAL_LEN];

	for (const char *digit = decimal(p->status, text); *digit; digit++)
		emit(p, *digit);
}

/* Copy a word, ended by NUL, to where the words are.  Returns where it starts there. */
static char *parse_word(struct parser *p)
{
	char *word = p->out, quote = '\0', c;

	while ((c = *p->in) && (quote || !strchr(" \t;&|<>", c))) {
		p->in++;
		if (quote ? c == quote : c == '\'' || c == '"') {
			quote = quote ? '\0' : c;
		} else if (c == '\\' && quote != '\'' && *p->in) {
			emit(p, *p->in++);
		} else if (c == '$' && quote != '\'' && *p->in == '?') {
			p->in++;
			emit_status(p);
		} else {
			emit(p, c);
		}
	}
	if (quote)
		p->error = "a quote is open";
	emit(p, '\0');
	return word;
}

/* Does a redirection begin here, with or without its descriptor? */
static bool is_redirect(const char *in)
{
	in += *in >= '0' && *in <= '9';
	return *in == '<' || *in == '>';
}

static void parse_redirect(struct parser *p, struct command *command)
{
	struct spawn_action *action = &command->redirect[command->nredirect];
	bool has_fd = *p->in >= '0' && *p->in <= '9';
	int fd = has_fd ? *p->in++ - '0' : -1;

	if (command->nredirect == REDIR_MAX) {
		p->error = "too many redirections";
		return;
	}
	action->op = SPAWN_OPEN;
	action->mode = FILE_MODE;
	action->fd = STDOUT_FILENO;
	if (*p->in == '<') {
		action->fd = STDIN_FILENO;
		action->oflag = O_RDONLY;
	} else if (p->in[1] == '>') {
		p->in++;
		action->oflag = O_WRONLY | O_CREAT | O_APPEND;
	} else {
		action->oflag = O_WRONLY | O_CREAT | O_TRUNC;
	}
	p->in++;
	if (has_fd)
		action->fd = fd;
	skip_blanks(p);
	if (!*p->in || strchr(";&|<>", *p->in))
		p->error = "a redirection without a file";
	action->path = parse_word(p);
	command->nredirect++;
}

static void parse_separator(struct parser *p, struct command *command)
{
	char c = *p->in;

	command->end = END_OF_LINE;
	if (!c)
		return;
	p->in++;
	if (c == ';') {
		command->end = THEN;
	} else if (*p->in == c) {
		p->in++;
		command->end = c == '&' ? IF_GOOD : IF_BAD;
	} else if (c == '&') {
		command->end = BACKGROUND;
	} else {
		command->end = PIPE;
	}
}

const char *parse_command(const char *text, int status, struct command *command, const char **error)
{
	struct parser p = { .in = text,
			    .out = command->words,
			    .out_end = command->words + WORDS_LEN,
			    .status = status };

	command->argc = 0;
	command->nredirect = 0;
	for (skip_blanks(&p); *p.in && !strchr(";&|", *p.in) && !p.error; skip_blanks(&p)) {
		if (is_redirect(p.in))
			parse_redirect(&p, command);
		else if (command->argc == WORDS_MAX)
			p.error = "too many words";
		else
			command->argv[command->argc++] = parse_word(&p);
	}
	command->argv[command->argc] = NULL;
	if (!p.error)
		parse_separator(&p, command);
	if (!p.error && !command->argc && (command->nredirect || command->end != END_OF_LINE))
		p.error = "a command is missing";
	*error = p.error;
	return p.error ? NULL : p.in;
}
