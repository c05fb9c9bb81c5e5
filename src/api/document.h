/* document.h - the interface written down, from the same tables that serve it: docs/api.md, /openapi.json, the
 * console's types, and plain JSON for tests. Pure; any thread. All results: g_free. */
#pragma once

char *document_markdown(void);
char *document_openapi(void); /* OpenAPI 3.1 */
char *document_typescript(void);
char *document_json(void);
