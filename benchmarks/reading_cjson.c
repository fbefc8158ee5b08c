/* cJSON parses the response into its tree. */
#include <cjson/cJSON.h>

#include "reading.h"

int reading_read(const char *body, size_t length)
{
    cJSON *tree = cJSON_ParseWithLength(body, length);
    int is_job = cJSON_GetObjectItemCaseSensitive(tree, "Status") != NULL;

    cJSON_Delete(tree);
    return is_job;
}
