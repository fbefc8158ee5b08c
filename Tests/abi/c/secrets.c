/* What is left in memory of keys and tokens once config, client and results are freed, and what is told.
 *
 *     secrets WAY WORD…
 *
 * WAY is how they come: config, provider, or chain (environment and files, as the caller has set them up). Each
 * WORD is a secret as hexadecimal bytes, all bits flipped: the program never holds one in the clear but where it
 * hands it over, and there it wipes it. The first two are secret access key and session token.
 *
 * Prints a line for every copy that is left, "word offset-in-mapping mapping before|after", and "live N" for those
 * of the first word while the client lived. */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <inttypes.h>

enum { LONGEST = 4096, MOST = 8, SHOWN = 28 };

static unsigned char words[MOST][LONGEST]; /* flipped */
static size_t lengths[MOST];
static int word_count;

static void wipe(void *memory, size_t size)
{
    volatile unsigned char *bytes = memory;
    while (size-- > 0)
        *bytes++ = 0;
}

static int is_word_at(int word, const unsigned char *bytes)
{
    size_t i;
    for (i = 0; i < lengths[word]; i++)
        if ((bytes[i] ^ 0xFF) != words[word][i])
            return 0;
    return 1;
}

/* No secret may stand in a text of the library. */
static void check_text_of(const char *what, const char *text)
{
    size_t length = strlen(text), i;
    int word;
    for (word = 0; word < word_count; word++)
        for (i = 0; i + lengths[word] <= length; i++)
            if (is_word_at(word, (const unsigned char *)text + i)) {
                fprintf(stderr, "word %d stands in %s\n", word, what);
                exit(1);
            }
}

static void logger(void *user, int32_t level, const char *message)
{
    (void)level;
    ++*(int *)user;
    check_text_of("a line of the logger", message);
}

/* A word in the clear, in memory that the caller wipes. */
static const char *clear(int word, char *room)
{
    size_t i;
    for (i = 0; i < lengths[word]; i++)
        room[i] = (char)(words[word][i] ^ 0xFF);
    room[i] = 0;
    return room;
}

static int32_t provider(void *user, locjob_credentials *credentials)
{
    char secret[LONGEST + 1], token[LONGEST + 1];
    locjob_code code = locjob_credentials_set(credentials, user, clear(0, secret), clear(1, token), 0);
    wipe(secret, sizeof secret);
    wipe(token, sizeof token);
    return code;
}

/* ---- memory */

typedef struct range {
    uintptr_t begin, end;
} range;

static unsigned char window[1 << 16];

/* Where the environment's text lies, which is the caller's. */
static range environment_block(void)
{
    extern char **environ;
    range block = {UINTPTR_MAX, 0};
    char **entry;
    for (entry = environ; *entry != NULL; entry++) {
        uintptr_t begin = (uintptr_t)*entry, end = begin + strlen(*entry) + 1;
        if (begin < block.begin)
            block.begin = begin;
        if (end > block.end)
            block.end = end;
    }
    return block;
}

static void show(int word, uintptr_t place, uintptr_t mapping, const char *name, const unsigned char *found, size_t before)
{
    size_t i, from = before > SHOWN ? before - SHOWN : 0;
    printf("%d %" PRIxPTR " +%" PRIxPTR " %s ", word, place, place - mapping, *name ? name : "(anonymous)");
    for (i = from; i < before; i++)
        putchar(found[i] >= 0x20 && found[i] < 0x7F ? found[i] : '.');
    putchar('|');
    for (i = before + lengths[word]; i < before + lengths[word] + SHOWN / 2; i++)
        putchar(found[i] >= 0x20 && found[i] < 0x7F ? found[i] : '.');
    putchar('\n');
}

/* Goes through one mapping in steps that overlap by a word. */
static int scan_mapping(int memory, uintptr_t begin, uintptr_t end, const char *name, range left_out, int shows, int only)
{
    uintptr_t step = sizeof window - 2 * LONGEST, at;
    int count = 0, word;
    for (at = begin; at < end; at += step) {
        size_t want = end - at < sizeof window ? (size_t)(end - at) : sizeof window, i;
        ssize_t got = pread(memory, window, want, (off_t)at);
        if (got <= 0)
            break;
        for (i = 0; i < (size_t)got && i < step; i++)
            for (word = 0; word < word_count; word++) {
                uintptr_t place = at + i;
                if (i + lengths[word] > (size_t)got || !is_word_at(word, window + i))
                    continue;
                if (place >= (uintptr_t)window && place < (uintptr_t)window + sizeof window)
                    continue;
                if (place >= left_out.begin && place < left_out.end)
                    continue;
                if (only < 0 || word == only)
                    count++;
                if (shows)
                    show(word, place, begin, name, window, i);
            }
    }
    wipe(window, sizeof window);
    return count;
}

/* Copies of the words (of `only` when it is one) in all memory that can be written. */
static int scan(int shows, int only)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY), count = 0;
    range left_out = environment_block();
    char line[1024];

    CHECK(maps != NULL && memory >= 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        uintptr_t begin, end;
        char rights[8], name[512] = "";
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s %*s %*s %*s %511s", &begin, &end, rights, name) < 3)
            continue;
        if (rights[0] == 'r' && rights[1] == 'w')
            count += scan_mapping(memory, begin, end, name, left_out, shows, only);
    }
    fclose(maps);
    close(memory);
    return count;
}

/* ---- */

static void read_words(int argc, char **argv)
{
    int i;
    for (i = 0; i < argc && i < MOST; i++) {
        size_t length = strlen(argv[i]) / 2, j;
        CHECK(length > 0 && length <= LONGEST);
        for (j = 0; j < length; j++) {
            unsigned value;
            CHECK(sscanf(argv[i] + 2 * j, "%2x", &value) == 1);
            words[i][j] = (unsigned char)value;
        }
        lengths[i] = length;
    }
    word_count = i;
}

static void set(locjob_config *config, const char *name, int word)
{
    char room[LONGEST + 1];
    CHECK(locjob_config_set(config, name, clear(word, room)) == LOCJOB_OK);
    wipe(room, sizeof room);
}

static void check_result(const locjob_result *result)
{
    check_text_of("the message", locjob_result_message(result));
    check_text_of("the JSON", locjob_result_json(result));
    check_text_of("the trace", locjob_result_trace(result));
    check_text_of("the metadata", locjob_result_metadata(result));
    check_text_of("the error code", locjob_result_error_code(result));
}

int main(int argc, char **argv)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;
    locjob_result *result;
    int lines = 0, live, i;

    CHECK(argc > 3);
    read_words(argc - 2, argv + 2);
    CHECK(locjob_config_set_logger(config, logger, &lines, LOCJOB_LOG_DEBUG) == LOCJOB_OK);
    if (strcmp(argv[1], "config") == 0) {
        CHECK(locjob_config_set(config, "aws_access_key_id", "AKIDSECRETS") == LOCJOB_OK);
        set(config, "aws_secret_access_key", 0);
        set(config, "aws_session_token", 1);
    } else if (strcmp(argv[1], "provider") == 0) {
        char key[] = "AKIDSECRETS";
        static char kept[sizeof key];
        memcpy(kept, key, sizeof key);
        CHECK(locjob_config_set_credentials_provider(config, provider, kept) == LOCJOB_OK);
    }
    result = locjob_client_new(config, &client);
    if (result != NULL)
        CHECK_CODE(result, LOCJOB_OK);
    for (i = 0; i < 3; i++) {
        result = locjob_get(client, i < 2 ? "my-job-id" : "no-such-job", NULL);
        CHECK_CODE(result, i < 2 ? LOCJOB_OK : LOCJOB_NOT_FOUND);
        check_result(result);
        locjob_free(result);
        result = locjob_client_explain(client);
        CHECK_CODE(result, LOCJOB_OK);
        check_result(result);
        locjob_free(result);
    }
    CHECK(lines > 0);
    live = scan(0, 0);
    locjob_client_free(client);
    locjob_config_free(config);
    printf("live %d\n", live);
    scan(1, -1);
    return 0;
}
