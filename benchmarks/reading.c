/* Reads the response in a file so many times.
 *
 *     reading-... FILE CALLS
 */
#define _XOPEN_SOURCE 700

#include "reading.h"

#include "measure.h"

int main(int argc, char **argv)
{
    static char body[64 * 1024];
    FILE *file;
    struct moment begin;
    size_t length;
    long calls, i;

    if (argc != 3 || (file = fopen(argv[1], "r")) == NULL)
        return 2;
    length = fread(body, 1, sizeof body, file);
    fclose(file);
    calls = atol(argv[2]);
    if (!reading_read(body, length))
        return 1;
    begin = moment_now();
    for (i = 0; i < calls; i++)
        reading_read(body, length);
    report(begin, calls);
    return 0;
}
