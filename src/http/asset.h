/* asset.h - the console and the widget, built by web/ and embedded in the program.
 *
 * The build packs web/console/dist and web/widget/dist, plain and gzipped, into
 * one section of the program; a table says where each file lies. A folder that
 * was not built answers with a page that says how to build it. Any thread. */
#pragma once
#include "http/server.h"

enum asset_site { ASSET_CONSOLE, ASSET_WIDGET, ASSET_SITE_COUNT };

/* Ends the exchange with the file at path ("assets/index-4f1c.js", "" = index.html): ETag and 304, gzip where taken,
 * immutable for hashed names, a strict Content-Security-Policy. In the console a path without a dot in its last part
 * is a page of the application and gets index.html; anything else unknown is NOT_FOUND. */
void asset_answer(struct http_request *request, enum asset_site site, const char *path);

/* Was the folder there when the program was built? */
bool asset_is_built(enum asset_site site);
