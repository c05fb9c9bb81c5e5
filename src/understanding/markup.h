/* markup.h - what stands in a folded text and is not a word of its author: addresses, names, the platform's phrases.
 *
 * For normalize.c alone. Each function looks at one place of a folded text (valid UTF-8, ends in NUL) and returns the
 * end of what begins there, or the place itself when nothing does. Linear in what they read; any thread. */
#pragma once
#include "understanding/normalize.h"

/* http://…, www.…, t.cn/… at a place where a word may begin. */
size_t markup_url(const char *text, size_t at);

/* At the dot of example.com or example.com/path: *begin is where the address begins; its end, or dot when it is none.
 */
size_t markup_domain(const char *text, size_t dot, size_t *begin);

/* @name; not the end of a@b.com and not a sentence that forgot its blank. */
size_t markup_name(const char *text, size_t at);

/* //@name: and rt @name: */
size_t markup_repost(const char *text, size_t at);

/* 回复@name: */
size_t markup_reply(const char *text, size_t at);

/* #words# or #tag. */
size_t markup_topic(const char *text, size_t at);

/* 转发微博, [图片] … */
size_t markup_filler(const char *text, size_t at);

/* &amp; and its like; *with is the character it stands for. */
size_t markup_entity(const char *text, size_t at, char *with);

/* How many of a letter that stands three times and more in [begin, end) its word is likely to have: good, so. */
int markup_letters(const char *text, size_t begin, size_t end);
