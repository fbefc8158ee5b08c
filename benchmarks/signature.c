/* Signs the same request so many times; with 0, prints the signature instead.
 *
 *     signature-... CALLS
 */
#define _XOPEN_SOURCE 700

#include "signature.h"

#include "measure.h"

int main(int argc, char **argv)
{
    char digits[65];
    struct moment begin;
    long calls, i;

    if (argc != 2 || signature_prepare(getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"),
                                       getenv("AWS_SESSION_TOKEN")) != 0)
        return 2;
    calls = atol(argv[1]);
    signature_make(digits);
    if (calls == 0) {
        puts(digits);
        return 0;
    }
    begin = moment_now();
    for (i = 0; i < calls; i++)
        signature_make(digits);
    report(begin, calls);
    return 0;
}
