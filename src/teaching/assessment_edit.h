/* assessment_edit.h - the assessment of a message as it reads after a person's correction. Pure; any thread. */
#pragma once
#include "base/json.h"
#include "understanding/importance.h"

/* Sets the fields of assessment (the JSON of shape Assessment) that labels (task → label text) names, and weighs its
 * importance anew: facts say who wrote it and how it spread; the wait and the rules' points stay as they were judged.
 */
void assessment_edit(json_t *assessment, const json_t *labels, const struct importance_weights *weights,
                     struct assess_facts facts);
