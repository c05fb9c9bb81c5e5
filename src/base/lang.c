#include "base/lang.h"

#include <glib.h>
#include <string.h>

enum lang lang_parse(const char *text)
{
    for (const char *at = text; at != NULL && *at != '\0';) {
        while (*at == ' ' || *at == ',')
            at++;
        if (g_ascii_strncasecmp(at, "zh", 2) == 0)
            return LANG_ZH;
        if (g_ascii_strncasecmp(at, "en", 2) == 0)
            return LANG_EN;
        at = strchr(at, ',');
    }
    return LANG_ZH;
}

const char *lang_format(enum lang lang)
{
    return lang == LANG_ZH ? "zh" : "en";
}
