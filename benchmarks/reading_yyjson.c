/* yyjson parses the response into its document: no struct, no check of what the service promises. */
#include <yyjson.h>

#include "reading.h"

int reading_read(const char *body, size_t length)
{
    yyjson_doc *document = yyjson_read(body, length, 0);
    int is_job = yyjson_obj_get(yyjson_doc_get_root(document), "Status") != NULL;

    yyjson_doc_free(document);
    return is_job;
}
