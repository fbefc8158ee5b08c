/*
 * get_job - prints what Amazon Location Service says of jobs.
 *
 *     get_job JOB_ID...                     ask once
 *     get_job --wait JOB_ID...              wait until each has ended
 *     get_job --follow SECONDS JOB_ID...    ask every so many seconds until each has ended, and show its status
 *     get_job NAME=VALUE ...                the same with settings, such as region=us-east-1
 *
 * Region, credentials and everything else come from the environment and the files in ~/.aws;
 * AWS_ENDPOINT_URL_LOCATION=http://127.0.0.1:PORT points it to a local service.
 *
 * Exit status: 0 all jobs were read, 1 one of them has failed or was cancelled, 2 one could not be read.
 *
 * Build, in the top folder after `make build`:
 *
 *     cc -std=c99 -Wall -Wextra -pedantic -Iinclude examples/c/get_job.c -o get_job -L.build/release -llocjob -Wl,-rpath,"$PWD/.build/release"
 */
#define _POSIX_C_SOURCE 200809L /* gmtime_r, nanosleep */

#include <locjob.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a line begins with: the member's name in a column of its own. */
static void print_label(const char *label)
{
    printf("%-22s", label);
}

/* Text goes out by its length, because it may itself contain NUL bytes. */
static void print_text(locjob_string text)
{
    if (text.data == NULL)
        putchar('-');
    else
        fwrite(text.data, 1, text.length, stdout);
}

static void print_string(const char *label, locjob_string text)
{
    print_label(label);
    print_text(text);
    putchar('\n');
}

/* ISO 8601 in UTC, with the fraction only where there is one. */
static void print_timestamp(const char *label, locjob_timestamp timestamp)
{
    time_t seconds = (time_t)timestamp.seconds;
    struct tm utc;
    char text[64];

    print_label(label);
    if (!timestamp.present) {
        puts("-");
        return;
    }
    if (gmtime_r(&seconds, &utc) == NULL || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc) == 0) {
        printf("%" PRId64 " seconds since 1970\n", timestamp.seconds); /* a year beyond struct tm */
        return;
    }
    fputs(text, stdout);
    if (timestamp.nanoseconds != 0) {
        int32_t fraction = timestamp.nanoseconds;
        int digits = 9;

        for (; fraction % 10 == 0; fraction /= 10)
            digits--;
        printf(".%0*" PRId32, digits, fraction);
    }
    puts("Z");
}

static void print_job(const locjob_job *job)
{
    size_t i;

    print_string("Job id", job->job_id);
    print_string("ARN", job->job_arn);
    print_string("Name", job->name);
    print_string("Status", job->status.text);
    print_string("Action", job->action.text);
    print_timestamp("Created at", job->created_at);
    print_timestamp("Updated at", job->updated_at);
    print_timestamp("Ended at", job->ended_at);
    print_string("Execution role", job->execution_role_arn);
    print_string("Input location", job->input_location);
    print_string("Input format", job->input_format.text);
    print_string("Output location", job->output_location);
    print_string("Output format", job->output_format.text);
    for (i = 0; i < job->additional_feature_count; i++)
        print_string("Additional feature", job->additional_features[i].text);
    if (job->error_code.text.data != NULL)
        print_string("Error code", job->error_code.text);
    for (i = 0; i < job->error_message_count; i++)
        print_string("Error message", job->error_messages[i]);
    for (i = 0; i < job->tag_count; i++) {
        print_label("Tag");
        print_text(job->tags[i].key);
        fputs(" = ", stdout);
        print_text(job->tags[i].value);
        putchar('\n');
    }
}

/* Every failure carries the same facts, whether the fault is the caller's, the way's or the service's. */
static void print_failure(const char *what, const locjob_result *result)
{
    fprintf(stderr, "%s: %s\n", what, locjob_result_message(result));
    fprintf(stderr, "  code        %s: %s\n", locjob_code_name(locjob_result_code(result)),
            locjob_code_text(locjob_result_code(result)));
    fprintf(stderr, "  error code  %s\n", locjob_result_error_code(result));
    fprintf(stderr, "  request id  %s\n", locjob_result_request_id(result));
    fprintf(stderr, "  attempts    %" PRId32 "\n", locjob_result_attempts(result));
}

/* A status that this version does not know is not final: the service may add some on the way. */
static int is_final(int32_t status)
{
    return status == LOCJOB_STATUS_COMPLETED || status == LOCJOB_STATUS_FAILED ||
           status == LOCJOB_STATUS_CANCELLED;
}

/* What is to be done with each job. */
struct task {
    int wait;
    long follow_seconds;
};

/* Gives the exit status. */
static int get_job(locjob_client *client, const char *job_id, const struct task *task)
{
    struct timespec pause = {0, 0};

    pause.tv_sec = task->follow_seconds;
    for (;;) {
        locjob_result *result =
            task->wait ? locjob_wait(client, job_id, NULL) : locjob_get(client, job_id, NULL);
        const locjob_job *job = locjob_result_job(result);
        int32_t status;

        if (job == NULL) {
            print_failure(job_id, result);
            locjob_free(result);
            return 2;
        }
        status = job->status.value;
        if (task->follow_seconds == 0 || is_final(status)) {
            print_job(job);
            locjob_free(result); /* and with it the job and its text */
            return status == LOCJOB_STATUS_FAILED || status == LOCJOB_STATUS_CANCELLED;
        }
        print_string("Status", job->status.text);
        fflush(stdout);
        locjob_free(result);
        nanosleep(&pause, NULL);
    }
}

/* Sorts the arguments: options to the task, settings to the configuration, job ids to the front of the
 * arguments. Gives how many job ids there are, 0 when the program was used wrongly. */
static int read_arguments(int count, char **arguments, struct task *task, locjob_config *config)
{
    int i, job_ids = 0;

    for (i = 0; i < count; i++) {
        char *equals = strchr(arguments[i], '=');

        if (strcmp(arguments[i], "--wait") == 0) {
            task->wait = 1;
        } else if (strcmp(arguments[i], "--follow") == 0 && i + 1 < count) {
            char *end;

            task->follow_seconds = strtol(arguments[++i], &end, 10);
            if (*end != '\0' || task->follow_seconds < 1 || task->follow_seconds > 86400)
                return 0;
        } else if (strncmp(arguments[i], "--", 2) == 0) {
            return 0;
        } else if (equals != NULL) {
            *equals = '\0';
            locjob_config_set(config, arguments[i], equals + 1); /* what is refused fails in locjob_client_new */
        } else {
            arguments[job_ids++] = arguments[i];
        }
    }
    return job_ids;
}

int main(int argc, char **argv)
{
    struct task task = {0, 0};
    locjob_config *config = locjob_config_new();
    int job_ids = read_arguments(argc - 1, argv + 1, &task, config);
    locjob_client *client;
    locjob_result *failure;
    int i, exit_status = 0;

    if (job_ids == 0) {
        fputs("usage: get_job [--wait | --follow SECONDS] [NAME=VALUE]... JOB_ID...\n", stderr);
        locjob_config_free(config);
        return 2;
    }
    /* One client for all calls: it keeps the connection open between them. */
    failure = locjob_client_new(config, &client);
    locjob_config_free(config);
    if (client == NULL) {
        print_failure("get_job", failure);
        locjob_free(failure);
        return 2;
    }
    for (i = 1; i <= job_ids; i++) {
        int status = get_job(client, argv[i], &task);

        if (status > exit_status)
            exit_status = status;
    }
    locjob_client_free(client);
    return exit_status;
}
