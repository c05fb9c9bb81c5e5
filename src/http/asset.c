#include "http/asset_table.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *policy; /* %s = hashes of inline scripts */
    const char *missing;
} SITES[ASSET_SITE_COUNT] = {
    [ASSET_CONSOLE] = {"default-src 'none'; script-src 'self'%s; style-src 'self' 'unsafe-inline'; "
                       "img-src 'self' data: blob:; font-src 'self'; media-src 'self'; connect-src 'self'; "
                       "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
                       "frame-src 'self'; frame-ancestors 'self'",
                       "web/console"},
    [ASSET_WIDGET] = {"default-src 'none'; script-src 'self'%s; style-src 'self' 'unsafe-inline'; "
                      "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
                      "frame-ancestors *",
                      "web/widget"},
};

static int by_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct asset_file *)file)->path);
}

static const struct asset_file *find(const struct asset_folder *folder, const char *path)
{
    return folder->count ? bsearch(path, folder->files, folder->count, sizeof *folder->files, by_path) : NULL;
}

bool asset_is_built(enum asset_site site)
{
    return asset_folders[site].built;
}

/* "gzip" or "*" stands in the list and is not refused with q=0. */
static bool takes_gzip(const char *accepted)
{
    g_auto(GStrv) codings = g_strsplit(accepted ? accepted : "", ",", 0);
    for (char **coding = codings; *coding != NULL; coding++) {
        g_auto(GStrv) parts = g_strsplit(*coding, ";", 2);
        const char *name = parts[0] ? g_strstrip(parts[0]) : "";
        if (g_ascii_strcasecmp(name, "gzip") != 0 && strcmp(name, "*") != 0)
            continue;
        const char *weight = parts[1] ? g_strstrip(parts[1]) : "q=1";
        return !g_str_has_prefix(weight, "q=") || g_ascii_strtod(weight + 2, NULL) > 0;
    }
    return false;
}

/* If-None-Match names this content in either coding. */
static bool is_known(const char *tags, const char *etag)
{
    g_auto(GStrv) list = g_strsplit(tags ? tags : "", ",", 0);
    for (char **entry = list; *entry != NULL; entry++) {
        const char *tag = g_strstrip(*entry);
        if (strcmp(tag, "*") == 0)
            return true;
        if (g_str_has_prefix(tag, "W/"))
            tag += 2;
        size_t length = strlen(etag);
        if (tag[0] == '"' && strncmp(tag + 1, etag, length) == 0 &&
            (strcmp(tag + 1 + length, "\"") == 0 || strcmp(tag + 1 + length, "-gz\"") == 0))
            return true;
    }
    return false;
}

static void answer_file(struct http_request *request, enum asset_site site, const struct asset_file *file)
{
    bool packed = file->gzip_size > 0 && takes_gzip(http_header(request, "Accept-Encoding"));
    g_autofree char *etag = g_strdup_printf("\"%s%s\"", file->etag, packed ? "-gz" : "");
    const char *hashes = asset_folders[site].script_hashes;
    g_auto(GStrv) halves = g_strsplit(SITES[site].policy, "%s", 2);
    g_autofree char *policy = g_strconcat(halves[0], hashes, halves[1], NULL);
    http_add_header(request, "ETag", etag);
    http_add_header(request, "Cache-Control", file->hashed ? "public, max-age=31536000, immutable" : "no-cache");
    http_add_header(request, "Vary", "Accept-Encoding");
    http_add_header(request, "Content-Security-Policy", policy);
    if (site == ASSET_WIDGET) { /* made to be loaded by other people's pages */
        http_add_header(request, "Access-Control-Allow-Origin", "*");
        http_add_header(request, "Cross-Origin-Resource-Policy", "cross-origin");
    }
    if (is_known(http_header(request, "If-None-Match"), file->etag)) {
        http_answer(request, 304, NULL, NULL);
        return;
    }
    if (packed)
        http_add_header(request, "Content-Encoding", "gzip");
    g_autoptr(GBytes) body = packed ? g_bytes_new_static(asset_bytes + file->gzip_offset, file->gzip_size)
                                    : g_bytes_new_static(asset_bytes + file->offset, file->size);
    http_answer(request, 200, file->type, body);
}

static void answer_not_built(struct http_request *request, enum asset_site site)
{
    char *text =
        g_strdup_printf("<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><title>Huiyin 回音</title>\n"
                        "<p>本程序构建时没有 %s/dist。运行 <code>script/build</code> 后重新启动即可；API 已可使用。\n"
                        "<p lang=\"en\">%s/dist was not there when this program was built. Run "
                        "<code>script/build</code> and start it again; the API works already.\n",
                        SITES[site].missing, SITES[site].missing);
    http_answer_take(request, 503, "text/html; charset=utf-8", text, strlen(text));
}

void asset_answer(struct http_request *request, enum asset_site site, const char *path)
{
    const struct asset_folder *folder = &asset_folders[site];
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    bool is_page = *path == '\0' || (site == ASSET_CONSOLE && strchr(last, '.') == NULL);
    const struct asset_file *file = find(folder, path);
    if (file == NULL && is_page)
        file = find(folder, "index.html");
    if (file != NULL)
        answer_file(request, site, file);
    else if (!folder->built && is_page)
        answer_not_built(request, site);
    else
        http_fail(request, HY_ERROR_NOT_FOUND);
}
