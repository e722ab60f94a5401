/* SPDX-License-Identifier: MIT */
/*
 * A line editor for a terminal that sends raw bytes and echoes nothing.
 *
 * Arrow keys and their like become the control keys that do the same, so there is one table of
 * keys.  After every change but a letter at the end the whole line is written anew.
 *
 * The history is the last lines one behind the other, newest first, in a buffer that holds eight
 * of usual length; the oldest go when there is no room.
 */
#include "sh.h"

#include <string.h>
#include <unistd.h>

#define PROMPT	      "croft> "
#define HISTORY_LINES 8
#define HISTORY_LEN   232 /* bytes; more than LINE_LEN */

#define CTRL(letter) ((letter)&0x1f)
#define ESCAPE	     0x1b
#define RUBOUT	     0x7f
#define KEY_DELETE   0x100 /* beyond every byte */
#define KEY_END	     READ_END

struct line {
	char *text;
	size_t len, pos; /* the cursor is before text[pos] */
	size_t back;	 /* lines back in the history; 0: the line that is typed */
};

static struct {
	char text[HISTORY_LEN];
	size_t len, count;
} history;

/* Line @back of the history, 1 being the last. */
static const char *history_line(size_t back)
{
	const char *line = history.text;

	while (--back)
		line += strlen(line) + 1;
	return line;
}

static void history_add(const char *line)
{
	size_t len = strlen(line) + 1;

	if (len == 1 || (history.count && strcmp(line, history.text) == 0))
		return;
	while (history.count == HISTORY_LINES || history.len + len > HISTORY_LEN)
		history.len = (size_t)(history_line(history.count--) - history.text);
	memmove(history.text + len, history.text, history.len);
	memcpy(history.text, line, len);
	history.len += len;
	history.count++;
}

static int read_byte(void)
{
	int c = read_console();

	return c == READ_INTERRUPTED ? CTRL('C') : c;
}

/* The rest of an escape sequence: ESC [ number ~, ESC [ letter or ESC O letter. */
static int read_escape(void)
{
	int c = read_byte(), number = 0;

	if (c != '[' && c != 'O')
		return c;
	while ((c = read_byte()) >= '0' && c <= '9')
		number = (number * 10 + c - '0') & 0xff;
	switch (c == '~' ? number : c) {
	case 'A':
		return CTRL('P');
	case 'B':
		return CTRL('N');
	case 'C':
		return CTRL('F');
	case 'D':
		return CTRL('B');
	case 'H':
	case 1:
		return CTRL('A');
	case 'F':
	case 4:
		return CTRL('E');
	case 3:
		return KEY_DELETE;
	default:
		return c == KEY_END ? KEY_END : 0;
	}
}

static int read_key(void)
{
	static bool was_return; /* a terminal may send CR LF for one key */
	int c = read_byte();

	if (c == '\n' && was_return)
		c = read_byte();
	was_return = c == '\r';
	if (c == '\r')
		return '\n';
	return c == ESCAPE ? read_escape() : c;
}

static void redraw(const struct line *line)
{
	say(STDOUT_FILENO, "\r" PROMPT, line->text, "\x1b[K");
	for (size_t i = line->pos; i < line->len; i++)
		write(STDOUT_FILENO, "\b", 1);
}

static void insert(struct line *line, char c)
{
	if (line->len + 1 == LINE_LEN)
		return;
	memmove(line->text + line->pos + 1, line->text + line->pos, line->len - line->pos + 1);
	line->text[line->pos++] = c;
	line->len++;
	if (line->pos == line->len)
		write(STDOUT_FILENO, &c, 1);
	else
		redraw(line);
}

/* Take away what is between @start and @end; the cursor goes there. */
static void cut(struct line *line, size_t start, size_t end)
{
	memmove(line->text + start, line->text + end, line->len - end + 1);
	line->len -= end - start;
	line->pos = start;
}

static void recall(struct line *line, size_t back)
{
	if (back > history.count)
		return;
	line->back = back;
	strcpy(line->text, back ? history_line(back) : "");
	line->pos = line->len = strlen(line->text);
}

/* Keys that move or delete. */
static void edit(struct line *line, int key)
{
	size_t pos = line->pos;

	switch (key) {
	case CTRL('A'):
		line->pos = 0;
		break;
	case CTRL('E'):
		line->pos = line->len;
		break;
	case CTRL('B'):
		line->pos -= pos > 0;
		break;
	case CTRL('F'):
		line->pos += pos < line->len;
		break;
	case CTRL('P'):
		recall(line, line->back + 1);
		break;
	case CTRL('N'):
		if (line->back)
			recall(line, line->back - 1);
		break;
	case CTRL('U'):
		cut(line, 0, pos);
		break;
	case CTRL('K'):
		cut(line, pos, line->len);
		break;
	case CTRL('H'):
	case RUBOUT:
		cut(line, pos - (pos > 0), pos);
		break;
	case CTRL('D'):
	case KEY_DELETE:
		cut(line, pos, pos + (pos < line->len));
		break;
	case CTRL('L'):
		say(STDOUT_FILENO, "\x1b[H\x1b[2J");
		break;
	default:
		return;
	}
	redraw(line);
}

bool edit_line(char text[LINE_LEN])
{
	struct line line = { .text = text };
	int key;

	text[0] = '\0';
	redraw(&line);
	while ((key = read_key()) != '\n') {
		if (key == KEY_END || (key == CTRL('D') && line.len == 0)) {
			say(STDOUT_FILENO, "\n");
			return false;
		}
		if (key == CTRL('C')) {
			text[0] = '\0';
			say(STDOUT_FILENO, "^C");
			break;
		}
		if (key >= ' ' && key < RUBOUT)
			insert(&line, (char)key);
		else
			edit(&line, key);
	}
	say(STDOUT_FILENO, "\n");
	history_add(text);
	return true;
}
