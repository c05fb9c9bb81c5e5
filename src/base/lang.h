/* lang.h - the languages of people who use Huiyin: Chinese and English, equal. */
#pragma once

enum lang { LANG_ZH, LANG_EN, LANG_COUNT };

/* From "zh-CN,zh;q=0.9", "en", "zh_TW"… (an Accept-Language header or a stored
 * setting): the first of the two languages named; Chinese for NULL, empty and
 * anything else that names neither. */
enum lang lang_parse(const char *text);

const char *lang_format(enum lang lang); /* "zh" or "en" */
