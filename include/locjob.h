/*
 * locjob.h - the state of an Amazon Location Service job, for any program.
 *
 * The whole library for most users:
 *
 *     locjob_result *result = locjob_get(NULL, "my-job-id", NULL);
 *     if (locjob_result_code(result) == LOCJOB_OK)
 *         puts(locjob_result_job(result)->status.text.data);
 *     else
 *         fprintf(stderr, "%s\n", locjob_result_message(result));
 *     locjob_free(result);
 *
 * Conventions, true of every function below unless its comment says otherwise
 *
 *   Input      Every pointer may be NULL; what NULL means is said, and it is never a crash. Text is
 *              NUL-terminated UTF-8. Everything passed in is copied before the function returns.
 *   Output     Text is NUL-terminated, valid UTF-8, and belongs to the object it was read from: it is
 *              borrowed until that object is released. Objects belong to the caller, who releases each
 *              one once with the function named at its creation. A pointer that was released, or is of
 *              another kind, is noticed as long as its memory was not used again: it is then treated as
 *              NULL, or LOCJOB_INVALID_ARGUMENT where NULL would mean a default.
 *   Errors     Codes are values of locjob_code; nothing is reported through errno, which is left as it
 *              was found. Messages are one line, name the thing that is wrong, and contain no secret.
 *   Threads    A client and a result may be used by any number of threads at once. A config and a queue
 *              belong to one thread at a time. Only locjob_call_cancel may be called while another thread uses
 *              the same call. The library starts no threads of its own and installs no signal handler.
 *              A thread that calls it needs 128 KiB of stack at the most.
 *   Sizes      Integers have fixed widths; counts and lengths are size_t. Times are in the unit at the
 *              end of the name. Constants are never renumbered or removed. locjob_job, which the library
 *              alone allocates, only ever grows at its end; the small structs it is made of never change.
 *
 * All functions are available since version 0.1.
 */
#ifndef LOCJOB_H
#define LOCJOB_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define LOCJOB_API __attribute__((visibility("default")))
#else
#define LOCJOB_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this header; locjob_version() tells that of the library that was loaded. */
#define LOCJOB_VERSION_MAJOR 0
#define LOCJOB_VERSION_MINOR 1
#define LOCJOB_VERSION_PATCH 0
#define LOCJOB_VERSION "0.1.0"

/* The library's version, such as "0.1.0". Static text: never released. */
LOCJOB_API const char *locjob_version(void);

/* ---------------------------------------------------------------------------------------------- */
/* Codes                                                                                          */
/* ---------------------------------------------------------------------------------------------- */

/* How a function ended: 0 is success, everything else is a failure. */
typedef int32_t locjob_code;

enum {
    LOCJOB_OK = 0,

    /* The caller. Nothing was sent. */
    LOCJOB_INVALID_ARGUMENT = 1,      /* a handle that is NULL where one is needed, a bad number */
    LOCJOB_INVALID_JOB_ID = 2,        /* empty, over 200 characters, "." or "..", not UTF-8 */
    LOCJOB_OUT_OF_MEMORY = 3,
    LOCJOB_INTERNAL_ERROR = 4,        /* a fault of this library or of a library below it */
    LOCJOB_BUSY = 5,                  /* a queue that another thread is using at this moment */
    LOCJOB_UNKNOWN_TAG = 6,           /* nothing in the queue has this tag */

    /* The configuration. Nothing was sent. */
    LOCJOB_UNKNOWN_SETTING = 10,      /* locjob_config_set does not know this name */
    LOCJOB_INVALID_SETTING = 11,      /* a value that its setting cannot take, wherever it came from */
    LOCJOB_INVALID_FILE = 12,         /* a shared configuration file that cannot be read or parsed */
    LOCJOB_PROFILE_NOT_FOUND = 13,    /* a profile was named that no file has */
    LOCJOB_NO_REGION = 14,            /* no Region in code, environment or profile */
    LOCJOB_INVALID_ENDPOINT = 15,     /* a custom endpoint that is no usable http or https URL */

    /* The credentials. */
    LOCJOB_NO_CREDENTIALS = 20,       /* no provider had any */
    LOCJOB_PARTIAL_CREDENTIALS = 21,  /* an access key without its secret, or the reverse */
    LOCJOB_CREDENTIALS_FAILED = 22,   /* a configured provider could not give its credentials */

    /* The way to the service and back. Retried, except for CERTIFICATE_REJECTED and TOO_LARGE. */
    LOCJOB_RESOLVE_FAILED = 30,       /* the host name has no address */
    LOCJOB_CONNECT_FAILED = 31,       /* refused or unreachable */
    LOCJOB_PROXY_FAILED = 32,         /* the proxy refused or could not be reached */
    LOCJOB_TLS_FAILED = 33,           /* the TLS handshake failed */
    LOCJOB_CERTIFICATE_REJECTED = 34, /* the server's certificate does not verify */
    LOCJOB_CONNECTION_LOST = 35,      /* closed or reset before the response was whole */
    LOCJOB_CONNECT_TIMEOUT = 36,      /* no connection within connect_timeout_ms */
    LOCJOB_READ_TIMEOUT = 37,         /* not a byte for read_timeout_ms */
    LOCJOB_INVALID_RESPONSE = 38,     /* not HTTP, not JSON, or not the description of a job */
    LOCJOB_RESPONSE_TOO_LARGE = 39,   /* longer than max_response_bytes */

    /* The caller's limits. */
    LOCJOB_DEADLINE_EXCEEDED = 40,    /* the call's or wait's time is used up, or would be before a next attempt */
    LOCJOB_CANCELLED = 41,            /* by locjob_call_cancel, locjob_queue_cancel or locjob_client_free */

    /* What the service answered; locjob_result_error_code has its own word for it. */
    LOCJOB_VALIDATION_ERROR = 50,     /* ValidationException */
    LOCJOB_ACCESS_DENIED = 51,        /* AccessDeniedException */
    LOCJOB_NOT_FOUND = 52,            /* ResourceNotFoundException */
    LOCJOB_THROTTLED = 53,            /* ThrottlingException and its kin; retried */
    LOCJOB_SERVER_ERROR = 54,         /* InternalServerException and any other 5xx; retried where that may help */
    LOCJOB_AUTHENTICATION_FAILED = 55,/* the signature, key or token was not accepted */
    LOCJOB_SERVICE_ERROR = 56,        /* any other error response */

    /* How a job that was waited for has ended; the result has the job. */
    LOCJOB_JOB_FAILED = 60,           /* its status is Failed */
    LOCJOB_JOB_CANCELLED = 61         /* its status is Cancelled */
};

/* The constant's name, such as "LOCJOB_NOT_FOUND"; "LOCJOB_UNKNOWN" for a number that is no code.
 * Static text: never released. */
LOCJOB_API const char *locjob_code_name(locjob_code code);

/* What a code means, as a short English phrase. Static text: never released. */
LOCJOB_API const char *locjob_code_text(locjob_code code);

/* Every code this library can return, in rising order, for those who write bindings. `count`
 * receives how many there are; NULL is allowed. Static array: never released. */
LOCJOB_API const locjob_code *locjob_codes(size_t *count);

/* ---------------------------------------------------------------------------------------------- */
/* The job                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/* Text and its length in bytes without the final NUL. `data` is NULL when the member was absent.
 * Text may itself contain NUL bytes: where that matters, go by the length. */
typedef struct locjob_string {
    const char *data;
    size_t length;
} locjob_string;

/* A point in time, in UTC. `seconds` since 1970-01-01T00:00:00Z (negative before it), `nanoseconds`
 * from 0 to 999,999,999 on top; both 0 when `present` is 0. */
typedef struct locjob_timestamp {
    int64_t seconds;
    int32_t nanoseconds;
    int32_t present;
} locjob_timestamp;

/* A word from a list that may grow. `value` is one of the constants below, or 0 when this version
 * does not know the word or the member was absent; `text` is the word itself. */
typedef struct locjob_enum {
    int32_t value;
    int32_t reserved;
    locjob_string text;
} locjob_enum;

/* A tag of a job. */
typedef struct locjob_tag {
    locjob_string key;
    locjob_string value;
} locjob_tag;

enum {
    LOCJOB_STATUS_PENDING = 1,
    LOCJOB_STATUS_RUNNING = 2,
    LOCJOB_STATUS_COMPLETED = 3,  /* final */
    LOCJOB_STATUS_FAILED = 4,     /* final */
    LOCJOB_STATUS_CANCELLING = 5,
    LOCJOB_STATUS_CANCELLED = 6   /* final */
};
enum { LOCJOB_ACTION_VALIDATE_ADDRESS = 1 };
enum { LOCJOB_FORMAT_PARQUET = 1 };
enum { LOCJOB_FEATURE_POSITION = 1, LOCJOB_FEATURE_COUNTRY_SPECIFIC_ATTRIBUTES = 2 };
enum { LOCJOB_JOB_ERROR_VALIDATION = 1, LOCJOB_JOB_ERROR_INTERNAL_SERVER = 2 };

/* What the service said of a job. Read only; made by the library alone. */
typedef struct locjob_job {
    locjob_string job_id;
    locjob_string job_arn;
    locjob_string name;                      /* optional */
    locjob_enum status;                      /* LOCJOB_STATUS_… */
    locjob_enum action;                      /* LOCJOB_ACTION_… */
    locjob_timestamp created_at;
    locjob_timestamp updated_at;
    locjob_timestamp ended_at;               /* present once the status is final */
    locjob_string execution_role_arn;
    locjob_string input_location;
    locjob_enum input_format;                /* LOCJOB_FORMAT_… */
    locjob_string output_location;
    locjob_enum output_format;               /* LOCJOB_FORMAT_… */
    const locjob_enum *additional_features;  /* LOCJOB_FEATURE_…; NULL when absent */
    size_t additional_feature_count;
    locjob_enum error_code;                  /* LOCJOB_JOB_ERROR_…; absent unless the job has an error */
    const locjob_string *error_messages;     /* NULL when absent */
    size_t error_message_count;
    const locjob_tag *tags;                  /* NULL when absent; a response with over 1000 is refused */
    size_t tag_count;
} locjob_job;

/* ---------------------------------------------------------------------------------------------- */
/* Configuration                                                                                  */
/* ---------------------------------------------------------------------------------------------- */

/* Settings for a client, by name. Optional: a client made without one is configured by the
 * environment and the shared files, as the AWS CLI is. */
typedef struct locjob_config locjob_config;

/* An empty configuration; NULL only when memory is exhausted. Caller owns, release with
 * locjob_config_free. */
LOCJOB_API locjob_config *locjob_config_new(void);

/* Releases a configuration. Clients made from it are not affected. NULL is allowed. */
LOCJOB_API void locjob_config_free(locjob_config *config);

/*
 * Gives a setting a value; a later value replaces an earlier one, NULL takes the setting back. A
 * value set here wins over the environment, which wins over the profile, which wins over the default.
 *
 *   region                          such as us-east-1; where nothing names one, the machine's (EC2)
 *   profile                         the profile of the shared files to use
 *   config_file, shared_credentials_file
 *                                   paths instead of ~/.aws/config and ~/.aws/credentials
 *   aws_access_key_id, aws_secret_access_key, aws_session_token
 *                                   static credentials: all others are then ignored
 *   endpoint_url                    http or https URL instead of the service's own
 *   ignore_configured_endpoint_urls true or false: endpoints from environment and files do not count
 *   use_fips_endpoint, use_dualstack_endpoint, disable_host_prefix_injection
 *                                   true or false
 *   retry_mode                      standard, adaptive or legacy
 *   max_attempts                    requests a call makes at most, from 1 to 1000000; libcurl sends one again,
 *                                   uncounted, when a kept connection turns out to be closed
 *   connect_timeout_ms              to reach the server, TLS included; default 60000, from 1; like all
 *                                   times 2678400000 (a month) at the most
 *   read_timeout_ms                 without a byte arriving; default 60000, from 1
 *   call_timeout_ms                 for a whole call, retries included; default 360000, 0 is none
 *   max_response_bytes              of a response body; default 1048576, from 1 to 1073741824
 *   max_connections                 connections that a queue opens at most, and idle ones that are kept for the
 *                                   next call; default 10, 1 to 65536
 *   max_requests_per_second         of all requests of the client together, from 1 to 1000000; 0 for no limit. Unless
 *                                   it is set, those of waits are limited to 4 (the service's quota is 5 for each
 *                                   account and Region) and others are not
 *   wait_min_delay_ms, wait_max_delay_ms
 *                                   between two looks at a job that is waited for; default 60000 and 120000, from 1
 *   wait_timeout_ms                 for a whole wait; default 86400000 (a day), 0 is none
 *   poll_with_list_jobs             true (default) or false: waits for more than a few jobs look at them through
 *                                   ListJobs, 100 at a time, where that is allowed and cheaper
 *   remembered_jobs                 ended jobs that the client remembers, so that waits and queues answer without a
 *                                   request; default 1000, 0 for none, to 1000000
 *   share_requests                  true (default) or false: equal requests in flight in a queue are one
 *   tcp_keepalive                   true or false: probe idle connections
 *   ca_bundle                       file of certificates to trust instead of the system's
 *   http_proxy, https_proxy         proxy URL; empty for none
 *   no_proxy                        hosts that are reached without a proxy
 *   sdk_ua_app_id                   application name for the User-Agent; 50 characters should suffice
 *   sts_regional_endpoints          regional (default) or legacy
 *   ec2_metadata_disabled           true: credentials of the machine's role are not asked for
 *   ec2_metadata_service_endpoint, ec2_metadata_service_endpoint_mode, imds_use_ipv6
 *                                   URL instead of the usual one; ipv4 or ipv6; true or false
 *   metadata_service_timeout, metadata_service_num_attempts
 *                                   seconds, default 1; attempts, default 1
 *   defaults_mode                   legacy (default), standard, in-region, cross-region, mobile or auto: how
 *                                   long connecting may take unless connect_timeout_ms says
 *   use_environment                 false: neither variables nor files are read
 *
 * Returns LOCJOB_OK, LOCJOB_UNKNOWN_SETTING, LOCJOB_INVALID_SETTING (locjob_config_message says
 * more), LOCJOB_INVALID_ARGUMENT when `config` or `name` is NULL. A refused call changes no setting,
 * but locjob_client_new refuses the configuration too, so that results need not be checked one by one.
 */
LOCJOB_API locjob_code locjob_config_set(locjob_config *config, const char *name, const char *value);

/* What was wrong with the first refused locjob_config_set; empty when none was. Borrowed until the
 * next call with this configuration. */
LOCJOB_API const char *locjob_config_message(const locjob_config *config);

enum { LOCJOB_LOG_WARNING = 1, LOCJOB_LOG_DEBUG = 2 };

/* Receives one line of text, borrowed until it returns, on a thread that is inside a call of this
 * library. It may be called by several threads at once and must not release the client. */
typedef void (*locjob_logger)(void *user, int32_t level, const char *message);

/* Has clients made from this configuration report warnings and attempts. `level` is the most
 * talkative level wanted; `logger` NULL turns reports off. `user` is handed to the logger as it is and
 * must outlive those clients. Returns LOCJOB_OK, or LOCJOB_INVALID_ARGUMENT when `config` is NULL or,
 * with a logger, `level` is neither of the two constants. */
LOCJOB_API locjob_code locjob_config_set_logger(locjob_config *config, locjob_logger logger,
                                                void *user, int32_t level);

/* What a credentials provider fills in; lives until the provider returns. */
typedef struct locjob_credentials locjob_credentials;

/* Gives the credentials. `session_token` NULL is none. `expiration` is when they end, in seconds since
 * 1970-01-01T00:00:00Z; 0 when they do not. All is copied. Returns LOCJOB_OK, LOCJOB_INVALID_SETTING for
 * characters that no header can carry, LOCJOB_PARTIAL_CREDENTIALS when key or secret is NULL or empty,
 * LOCJOB_INVALID_ARGUMENT when `credentials` is NULL or the time negative. */
LOCJOB_API locjob_code locjob_credentials_set(locjob_credentials *credentials, const char *access_key_id,
                                              const char *secret_access_key, const char *session_token,
                                              int64_t expiration);

/* Called when credentials are needed, and again some minutes before they end, on a thread that is inside
 * a call of this library; never by two threads at once for one client. Calls locjob_credentials_set and
 * returns 0; anything else means that there are none. It must neither release the client nor use it for
 * a call. While it is at work the call cannot be ended, neither by locjob_call_cancel nor by its time limit. */
typedef int32_t (*locjob_credentials_provider)(void *user, locjob_credentials *credentials);

/* Has clients made from this configuration take their credentials from `provider` alone; NULL takes it
 * back. `user` is handed to the provider as it is and must outlive those clients. Returns LOCJOB_OK, or
 * LOCJOB_INVALID_ARGUMENT when `config` is NULL. */
LOCJOB_API locjob_code locjob_config_set_credentials_provider(locjob_config *config,
                                                              locjob_credentials_provider provider,
                                                              void *user);

/* Called when a role wants the code of an MFA device, on a thread that is inside a call of this library.
 * Writes the code, NUL-terminated, to `code`, which has room for `size` bytes, and returns 0; anything
 * else means that there is none. */
typedef int32_t (*locjob_mfa_provider)(void *user, const char *serial, char *code, size_t size);

/* Has clients made from this configuration ask `provider` for MFA codes; NULL takes it back. Without one
 * a profile with mfa_serial fails. `user` is handed to the provider as it is and must outlive those
 * clients. Returns LOCJOB_OK, or LOCJOB_INVALID_ARGUMENT when `config` is NULL. */
LOCJOB_API locjob_code locjob_config_set_mfa_provider(locjob_config *config, locjob_mfa_provider provider,
                                                      void *user);

/* ---------------------------------------------------------------------------------------------- */
/* Client                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/* Configuration, credentials and open connections, shared by any number of threads. Make one and
 * keep it: every new client starts without connections. */
typedef struct locjob_client locjob_client;

/* The outcome of a call, and the owner of everything that can be read from it. Never changes. */
typedef struct locjob_result locjob_result;

/* Makes a client from `config` (NULL: environment and shared files alone), which is copied. Variables
 * and files are read here and never again, so changing them, or setenv, does not disturb a client, with
 * two exceptions: certificates are read by libcurl as it connects, and in an AWS Lambda function the trace
 * id of the invocation (_X_AMZN_TRACE_ID) is looked up by each call. The files of credential providers are
 * read by the calls that need them, and a profile's credential_process is run by them as a child process.
 * On success stores the client (caller owns, release with locjob_client_free) and returns NULL. On
 * failure stores NULL and returns what is wrong (caller owns, release with locjob_free; NULL here too
 * when memory is exhausted). Credentials are looked for by the calls, not here. `client` NULL is
 * LOCJOB_INVALID_ARGUMENT. A forked child may use and release a client that it inherited: it gets
 * connections of its own and leaves its parent's alone. */
LOCJOB_API locjob_result *locjob_client_new(const locjob_config *config, locjob_client **client);

/* Releases a client. Calls that other threads are making with it end with LOCJOB_CANCELLED; none may
 * begin meanwhile. NULL is allowed. */
LOCJOB_API void locjob_client_free(locjob_client *client);

/* How a client is configured, as a result whose locjob_result_json is an object without a secret:
 *   "version", "endpoint"
 *   "settings"             each with its "value" and the "source" that it came from
 *   "credentials"          each "provider" of the chain, its "state" ("configured", "absent" or "failed")
 *                          and the "reason" of the latter two
 *   "credentials_in_use"   once there are: their "provider" and "expiration" (seconds since 1970)
 *   "credentials_failure"  why they could not be had or renewed when that was last tried
 *   "last_request"         once there was one: "canonical_request" and "string_to_sign"
 * `client` NULL is the client of the process. Caller owns, release with locjob_free. */
LOCJOB_API locjob_result *locjob_client_explain(locjob_client *client);

/* ---------------------------------------------------------------------------------------------- */
/* Call                                                                                           */
/* ---------------------------------------------------------------------------------------------- */

/* A handle on calls being made: a time limit, and a way to end them early. Optional. It may be used
 * for one call after another, and stays cancelled once it is. */
typedef struct locjob_call locjob_call;

/* A call with the client's time limit; NULL only when memory or descriptors are exhausted. Caller
 * owns, release with locjob_call_free when no call uses it any more. */
LOCJOB_API locjob_call *locjob_call_new(void);

/* Releases a call. NULL is allowed. */
LOCJOB_API void locjob_call_free(locjob_call *call);

/* Time for the whole of each call made with this handle: credentials, attempts, pauses between them.
 * From 1 millisecond; 0 means no limit. Replaces call_timeout_ms and, in locjob_wait, wait_timeout_ms. Returns
 * LOCJOB_OK, or LOCJOB_INVALID_ARGUMENT when `call` is NULL or the number negative. */
LOCJOB_API locjob_code locjob_call_set_timeout_ms(locjob_call *call, int64_t timeout_ms);

/* Ends the calls made with this handle, now and later, with LOCJOB_CANCELLED. May be called from any
 * thread and from a signal handler, any number of times. NULL is allowed. */
LOCJOB_API void locjob_call_cancel(locjob_call *call);

/* ---------------------------------------------------------------------------------------------- */
/* Getting jobs, and waiting for one                                                              */
/* ---------------------------------------------------------------------------------------------- */

/* Asks the service for the state of a job (GetJob), with retries, and waits for the answer.
 * `client` NULL is a client of the process, made from the environment at its first successful use
 * and never released. `job_id` is 1 to 200 characters, NULL is LOCJOB_INVALID_JOB_ID; what the service
 * would not know is left to the service. `call` NULL is the client's time limit and no way to cancel.
 * Returns the outcome: caller owns, release with locjob_free. NULL only when memory is exhausted,
 * which the functions that read results take for LOCJOB_OUT_OF_MEMORY. */
LOCJOB_API locjob_result *locjob_get(locjob_client *client, const char *job_id, locjob_call *call);

/* Waits until a job has ended, and returns it. Asks the service at once, and then in pauses that grow from
 * wait_min_delay_ms to wait_max_delay_ms, with jitter; a failure that may pass, such as throttling or a lost
 * connection, does not end the wait. All waits of a client share max_requests_per_second. The arguments are those
 * of locjob_get; the time limit is that of `call`, else wait_timeout_ms.
 * The result's code is LOCJOB_OK for a job that is Completed, LOCJOB_JOB_FAILED or LOCJOB_JOB_CANCELLED for one
 * that ended otherwise, with the job in each case; LOCJOB_DEADLINE_EXCEEDED when the time was over before; and else
 * what locjob_get can fail with. Caller owns, release with locjob_free. */
LOCJOB_API locjob_result *locjob_wait(locjob_client *client, const char *job_id, locjob_call *call);

/* Asks the service for a page of the account's jobs (ListJobs), with retries. `status` names the only status
 * wanted, such as "Running"; NULL for all. `max_results` is from 1 to 100, 0 for the service's own choice.
 * `next_token` is that of the page before (locjob_result_next_token), NULL for the first page; an empty one is
 * LOCJOB_INVALID_ARGUMENT. `client` and `call` are those of locjob_get. Returns the page (locjob_result_entry,
 * locjob_result_json) or the failure: caller owns, release with locjob_free. */
LOCJOB_API locjob_result *locjob_list(locjob_client *client, const char *status, int32_t max_results,
                                      const char *next_token, locjob_call *call);

/* Releases a result and all that was borrowed from it. NULL is allowed. */
LOCJOB_API void locjob_free(locjob_result *result);

/* ---------------------------------------------------------------------------------------------- */
/* Reading a result                                                                               */
/* ---------------------------------------------------------------------------------------------- */

/* LOCJOB_OK; how a job ended that was waited for; or why there is no job. LOCJOB_OUT_OF_MEMORY for NULL. */
LOCJOB_API locjob_code locjob_result_code(const locjob_result *result);

/* The job; NULL on failure and for a page. Borrowed until locjob_free. */
LOCJOB_API const locjob_job *locjob_result_job(const locjob_result *result);

/* How many jobs a page has; 0 for results that are none. */
LOCJOB_API size_t locjob_result_entry_count(const locjob_result *result);

/* A job of a page, from 0; it has all but the tags. NULL when there are not so many. Borrowed until locjob_free. */
LOCJOB_API const locjob_job *locjob_result_entry(const locjob_result *result, size_t index);

/* What asks for the page that follows; empty when there is none. Borrowed until locjob_free. */
LOCJOB_API const char *locjob_result_next_token(const locjob_result *result);

/* A JSON object. With a job or a page as the service sent it, with members that this version does not know. On
 * failure in the shape of boto3's ClientError.response: {"Error": {"Code", "Message"},
 * "ResponseMetadata": {…}} and, where the service sent them, "Message", "Reason" and "FieldList".
 * Borrowed until locjob_free. */
LOCJOB_API const char *locjob_result_json(const locjob_result *result);

/* The length of locjob_result_json in bytes, without the final NUL. */
LOCJOB_API size_t locjob_result_json_length(const locjob_result *result);

/* What happened, in one line for people: on failure what is wrong, on success an empty string. */
LOCJOB_API const char *locjob_result_message(const locjob_result *result);

/* The service's own word for its error, such as "ResourceNotFoundException", or the status as text
 * where it gave none. For failures that are not the service's, the name of the code without LOCJOB_.
 * Empty on success. */
LOCJOB_API const char *locjob_result_error_code(const locjob_result *result);

/* The HTTP status that the last attempt was answered with; 0 when it was not answered. */
LOCJOB_API int32_t locjob_result_http_status(const locjob_result *result);

/* The service's id of the last attempt; empty when it sent none. */
LOCJOB_API const char *locjob_result_request_id(const locjob_result *result);

/* Attempts made, the first included; 0 when nothing was sent. Of a wait, those of the last look at the job; 0 when
 * its time was over or it was cancelled between two looks. */
LOCJOB_API int32_t locjob_result_attempts(const locjob_result *result);

/* 1 when the same call may well succeed later, else 0. */
LOCJOB_API int32_t locjob_result_retryable(const locjob_result *result);

/* The job id that was asked for, as it was given (characters that are not UTF-8 replaced). */
LOCJOB_API const char *locjob_result_job_id(const locjob_result *result);

/* The caller's tag of a queued get or wait; 0 for a blocking call. */
LOCJOB_API uint64_t locjob_result_tag(const locjob_result *result);

/* 0 for a change of status that locjob_queue_watch reports while the job goes on; else 1: no other result
 * follows for the same get or wait. */
LOCJOB_API int32_t locjob_result_is_final(const locjob_result *result);

/* boto3's ResponseMetadata of the last attempt as a JSON object: RequestId, HostId, HTTPStatusCode,
 * HTTPHeaders (names in lower case), RetryAttempts, and MaxAttemptsReached or RetryQuotaReached where
 * they hold. Borrowed until locjob_free. */
LOCJOB_API const char *locjob_result_metadata(const locjob_result *result);

/* A JSON array with one object for every attempt: "status", "code" (empty on success),
 * "request_id", and in microseconds "delay_us" before it and, counted from its start, "lookup_us",
 * "connect_us", "tls_us", "first_byte_us", "total_us"; the attempts that locjob_result_attempts counts. Borrowed
 * until locjob_free. */
LOCJOB_API const char *locjob_result_trace(const locjob_result *result);

/* ---------------------------------------------------------------------------------------------- */
/* Queue                                                                                          */
/* ---------------------------------------------------------------------------------------------- */

/* Any number of gets and waits in flight at once, on the caller's thread and in the caller's event loop. Nothing
 * happens but inside the functions below. A queue belongs to one thread at a time; a function that is called
 * while another thread is inside one of the same queue returns LOCJOB_BUSY and does nothing (so does
 * locjob_queue_next, as the code of its result). */
typedef struct locjob_queue locjob_queue;

/* Makes a queue for a client (NULL: the client of the process), which it keeps in use: the client may be released
 * first, and what is in the queue then ends with LOCJOB_CANCELLED. On success stores the queue (caller owns,
 * release with locjob_queue_free) and returns NULL; on failure stores NULL and returns what is wrong (caller owns,
 * release with locjob_free; NULL here too when memory is exhausted). `queue` NULL is LOCJOB_INVALID_ARGUMENT.
 * A forked child may go on with a queue that it inherited: it gets connections and a descriptor of its own
 * (locjob_queue_fd), asks again for what was in flight, and leaves its parent's connections alone. */
LOCJOB_API locjob_result *locjob_queue_new(locjob_client *client, locjob_queue **queue);

/* Releases a queue and ends what is in it; results that were not taken are lost. NULL is allowed. Does nothing while
 * another thread is inside a function of the queue. */
LOCJOB_API void locjob_queue_free(locjob_queue *queue);

/* Adds a get, as by locjob_get: one result, with the caller's `tag`, comes out of locjob_queue_next, without which
 * nothing is sent. A job that the client knows to have ended is answered without a request. call_timeout_ms runs from
 * when its request is begun, for which it waits until one of max_connections is free. Returns LOCJOB_OK; or
 * LOCJOB_INVALID_JOB_ID, LOCJOB_INVALID_ARGUMENT when `queue` is NULL, LOCJOB_CANCELLED when its client is
 * released, LOCJOB_OUT_OF_MEMORY when memory for the network has run out in it, which has ended what was in it: then
 * nothing was added and no result comes. */
LOCJOB_API locjob_code locjob_queue_get(locjob_queue *queue, const char *job_id, uint64_t tag);

/* Adds a wait for the end of a job, as by locjob_wait; else as locjob_queue_get. */
LOCJOB_API locjob_code locjob_queue_wait(locjob_queue *queue, const char *job_id, uint64_t tag);

/* As locjob_queue_wait, with a result for the job's present status and for each change of it too. Those have the
 * code LOCJOB_OK and are not final (locjob_result_is_final). */
LOCJOB_API locjob_code locjob_queue_watch(locjob_queue *queue, const char *job_id, uint64_t tag);

/* Goes on with all that is in the queue, and returns the next result, in the order in which they come to be; caller
 * owns, release with locjob_free. Waits for one up to `timeout_ms` milliseconds: 0 not at all, negative without a
 * limit. NULL when there is none by then, when nothing is left to wait for, or when `queue` is NULL. */
LOCJOB_API locjob_result *locjob_queue_next(locjob_queue *queue, int64_t timeout_ms);

/* A descriptor for epoll, poll or any other event loop: while it is readable, call locjob_queue_next with 0 until that
 * returns NULL. It stays the same until locjob_queue_free (in a forked child it is another one) and belongs to the
 * queue: it is only to be waited for, and not to be closed. -1 when `queue` is NULL, another thread is inside one of
 * its functions, or there is none. */
LOCJOB_API int32_t locjob_queue_fd(locjob_queue *queue);

/* Ends all gets and waits with this tag: each comes out of locjob_queue_next with LOCJOB_CANCELLED. Returns LOCJOB_OK,
 * LOCJOB_UNKNOWN_TAG when there is none but for results that have not been taken yet, LOCJOB_INVALID_ARGUMENT when
 * `queue` is NULL. */
LOCJOB_API locjob_code locjob_queue_cancel(locjob_queue *queue, uint64_t tag);

/* How many final results are still to come out of locjob_queue_next. 0 when `queue` is NULL or another thread is
 * inside one of its functions. */
LOCJOB_API size_t locjob_queue_pending(locjob_queue *queue);

#ifdef __cplusplus
}
#endif

#endif
