/* asset_table.h - the shape of what pack_assets.py writes. Only asset.c and the written file include it. */
#pragma once
#include "http/asset.h"

struct asset_file {
    const char *path, *type, *etag; /* etag without quotes */
    size_t offset, size;            /* in asset_bytes */
    size_t gzip_offset, gzip_size;  /* 0: not worth it */
    bool hashed;                    /* the name changes with the content */
};

struct asset_folder {
    bool built;
    const char *script_hashes;      /* of inline scripts, as the Content-Security-Policy wants them; "" */
    const struct asset_file *files; /* sorted by path */
    size_t count;
};

extern const struct asset_folder asset_folders[ASSET_SITE_COUNT];
extern const unsigned char asset_bytes[];
