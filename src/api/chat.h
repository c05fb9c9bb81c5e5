/* chat.h - what serve needs of chat.c. */
#pragma once
#include "http/server.h"

/* OPTIONS /chat/{id}/{path*}: may a page of that origin call us? data is the struct app. */
void chat_preflight(struct http_request *request, void *data);
