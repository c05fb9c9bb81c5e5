#include "understanding/shipped.h"

#include "understanding/shipped_data.h"

struct model *shipped_model(GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(shipped_bytes, shipped_length);
    g_autoptr(GError) why = NULL;
    struct model *model = model_open(bytes, "the shipped model", &why);
    if (model == NULL)
        error_set(error, HY_ERROR_INTERNAL, "model", "%s", why->message);
    return model;
}
