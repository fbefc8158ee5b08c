<?php
/*
 * The state of an Amazon Location Service job, from liblocjob by way of FFI. PHP 8.1 or newer.
 *
 *     require_once 'locjob.php';
 *
 *     $client = new Locjob\Client(['region' => 'us-east-1']);
 *     try {
 *         $job = $client->get('my-job-id');
 *         echo $job->status, "\n";
 *     } catch (Locjob\Error $error) {
 *         echo $error->codeName, ': ', $error->getMessage(), "\n";
 *     }
 *
 * As a program, in the top folder after `make build`:
 *
 *     export LD_LIBRARY_PATH=$PWD/.build/release
 *     php examples/php/locjob.php JOB_ID…           ask once
 *     php examples/php/locjob.php --wait JOB_ID…    wait until each has ended
 *     php examples/php/locjob.php NAME=VALUE …      the same with settings, such as region=us-east-1
 *
 * Exit status: 0 all jobs were read, 1 one of them has failed or was cancelled, 2 one could not be read.
 *
 * FFI is on for programs of the command line. In a server it is on for what ffi.preload and opcache.preload load
 * (ffi.enable=preload), or everywhere with ffi.enable=1. A call keeps the process busy until it has ended, and
 * max_execution_time does not count it; the setting call_timeout_ms bounds it.
 */

declare(strict_types=1);

namespace Locjob;

/** What locjob.h declares, as far as it is used here. */
const DECLARATIONS = <<<'C'
typedef struct { const char *data; size_t length; } locjob_string;
typedef struct { int64_t seconds; int32_t nanoseconds; int32_t present; } locjob_timestamp;
typedef struct { int32_t value; int32_t reserved; locjob_string text; } locjob_enum;
typedef struct { locjob_string key; locjob_string value; } locjob_tag;
typedef struct {
    locjob_string job_id, job_arn, name;
    locjob_enum status, action;
    locjob_timestamp created_at, updated_at, ended_at;
    locjob_string execution_role_arn, input_location;
    locjob_enum input_format;
    locjob_string output_location;
    locjob_enum output_format;
    const locjob_enum *additional_features;
    size_t additional_feature_count;
    locjob_enum error_code;
    const locjob_string *error_messages;
    size_t error_message_count;
    const locjob_tag *tags;
    size_t tag_count;
} locjob_job;
typedef struct locjob_config locjob_config;
typedef struct locjob_client locjob_client;
typedef struct locjob_call locjob_call;
typedef struct locjob_result locjob_result;

const char *locjob_code_name(int32_t code);
locjob_config *locjob_config_new(void);
int32_t locjob_config_set(locjob_config *config, const char *name, const char *value);
void locjob_config_free(locjob_config *config);
locjob_result *locjob_client_new(const locjob_config *config, locjob_client **client);
void locjob_client_free(locjob_client *client);
locjob_result *locjob_get(locjob_client *client, const char *job_id, locjob_call *call);
locjob_result *locjob_wait(locjob_client *client, const char *job_id, locjob_call *call);
void locjob_free(locjob_result *result);
int32_t locjob_result_code(const locjob_result *result);
const locjob_job *locjob_result_job(const locjob_result *result);
const char *locjob_result_message(const locjob_result *result);
const char *locjob_result_error_code(const locjob_result *result);
int32_t locjob_result_attempts(const locjob_result *result);
int32_t locjob_result_retryable(const locjob_result *result);
C;

/** The library, loaded once. */
function library(): \FFI
{
    static $library = null;
    return $library ??= \FFI::cdef(DECLARATIONS, 'liblocjob.so.0');
}

/** A string for C, which would take what is in front of a NUL for the whole. */
function text(string $value): string
{
    if (str_contains($value, "\0")) {
        throw new \ValueError('a NUL character inside a job id or a setting');
    }
    return $value;
}

/** A failure: the code and $codeName are the library's (52, "LOCJOB_NOT_FOUND"), $errorCode is the service's own word. */
final class Error extends \RuntimeException
{
    public readonly string $codeName;
    public readonly string $errorCode;
    public readonly int $attempts;
    public readonly bool $retryable;

    /** @param ?\FFI\CData $result null stands for exhausted memory, as all functions read it */
    public function __construct(?\FFI\CData $result)
    {
        $c = library();
        $code = $c->locjob_result_code($result);
        parent::__construct($c->locjob_result_message($result), $code);
        $this->codeName = $c->locjob_code_name($code);
        $this->errorCode = $c->locjob_result_error_code($result);
        $this->attempts = $c->locjob_result_attempts($result);
        $this->retryable = $c->locjob_result_retryable($result) !== 0;
    }
}

/** What the service said of a job, with its own words for status and the like; null is absent. */
final class Job
{
    public readonly ?string $jobId, $jobArn, $name, $status, $action, $executionRoleArn;
    public readonly ?string $inputLocation, $inputFormat, $outputLocation, $outputFormat, $errorCode;
    public readonly ?\DateTimeImmutable $createdAt, $updatedAt, $endedAt;
    /** @var list<string> */
    public readonly array $additionalFeatures, $errorMessages;
    /** @var array<string, string> but that PHP makes a number of a key like "7" */
    public readonly array $tags;

    /** A copy of the C struct, which lives as long as its result. */
    public function __construct(\FFI\CData $job)
    {
        $this->jobId = self::text($job->job_id);
        $this->jobArn = self::text($job->job_arn);
        $this->name = self::text($job->name);
        $this->status = self::text($job->status->text);
        $this->action = self::text($job->action->text);
        $this->createdAt = self::time($job->created_at);
        $this->updatedAt = self::time($job->updated_at);
        $this->endedAt = self::time($job->ended_at);
        $this->executionRoleArn = self::text($job->execution_role_arn);
        $this->inputLocation = self::text($job->input_location);
        $this->inputFormat = self::text($job->input_format->text);
        $this->outputLocation = self::text($job->output_location);
        $this->outputFormat = self::text($job->output_format->text);
        $this->errorCode = self::text($job->error_code->text);

        [$features, $messages, $tags] = [[], [], []];
        for ($i = 0; $i < $job->additional_feature_count; $i++) {
            $features[] = self::text($job->additional_features[$i]->text);
        }
        for ($i = 0; $i < $job->error_message_count; $i++) {
            $messages[] = self::text($job->error_messages[$i]);
        }
        for ($i = 0; $i < $job->tag_count; $i++) {
            $tags[self::text($job->tags[$i]->key)] = self::text($job->tags[$i]->value);
        }
        [$this->additionalFeatures, $this->errorMessages, $this->tags] = [$features, $messages, $tags];
    }

    /** By its length, as text may hold NUL. */
    private static function text(\FFI\CData $text): ?string
    {
        return $text->data === null ? null : \FFI::string($text->data, $text->length);
    }

    private static function time(\FFI\CData $time): ?\DateTimeImmutable
    {
        if ($time->present === 0) {
            return null;
        }
        $second = new \DateTimeImmutable("@{$time->seconds}");
        return $second->modify(sprintf('+%d microseconds', intdiv($time->nanoseconds, 1000)));
    }
}

/** Configuration, credentials and open connections: make one and keep it. It is released with the object. */
final class Client
{
    private ?\FFI\CData $handle = null;

    /**
     * @param array<string, string> $settings those of locjob_config_set; the others come from the environment and the
     *                                        shared files
     */
    public function __construct(array $settings = [])
    {
        $c = library();
        $config = $c->locjob_config_new();
        $refusal = null;
        try {
            foreach ($settings as $name => $value) {
                // What is refused here is refused by locjob_client_new, with a message.
                $c->locjob_config_set($config, text((string) $name), text($value));
            }
            $client = $c->new('locjob_client *');
            $refusal = $c->locjob_client_new($config, \FFI::addr($client));
            if (\FFI::isNull($client)) {
                throw new Error($refusal);
            }
            $this->handle = $client;
        } finally {
            $c->locjob_free($refusal);
            $c->locjob_config_free($config);
        }
    }

    public function __destruct()
    {
        library()->locjob_client_free($this->handle);
    }

    /** A copy would be released a second time. */
    private function __clone()
    {
    }

    /** Asks for the state of a job, and waits for the answer. */
    public function get(string $jobId): Job
    {
        return $this->read(library()->locjob_get($this->handle, text($jobId), null));
    }

    /** Asks until the job has ended, well or badly: its status tells. */
    public function wait(string $jobId): Job
    {
        return $this->read(library()->locjob_wait($this->handle, text($jobId), null));
    }

    private function read(?\FFI\CData $result): Job
    {
        $c = library();
        try {
            $job = $c->locjob_result_job($result);
            return $job === null ? throw new Error($result) : new Job($job[0]);
        } finally {
            $c->locjob_free($result);
        }
    }
}

// The program.

function print_job(Job $job): void
{
    $print = static fn (string $label, string $value) => print(str_pad($label, 22) . $value . "\n");
    $print('Job id', $job->jobId);
    $print('Name', $job->name ?? '-');
    $print('Status', $job->status);
    if ($job->updatedAt) {
        $print('Updated at', $job->updatedAt->format('Y-m-d\TH:i:s\Z'));
    }
    if ($job->errorCode !== null) {
        $print('Error code', $job->errorCode);
    }
    foreach ($job->errorMessages as $message) {
        $print('Error message', $message);
    }
    foreach ($job->tags as $key => $value) {
        $print('Tag', "$key = $value");
    }
}

function print_error(string $what, Error $error): void
{
    fwrite(STDERR, "$what: {$error->getMessage()}\n  code        $error->codeName\n  error code  $error->errorCode\n");
}

/** @param list<string> $arguments */
function main(array $arguments): int
{
    [$wait, $settings, $jobIds, $status] = [false, [], [], 0];
    foreach ($arguments as $argument) {
        if ($argument === '--wait') {
            $wait = true;
        } elseif (str_contains($argument, '=')) {
            [$name, $value] = explode('=', $argument, 2);
            $settings[$name] = $value;
        } else {
            $jobIds[] = $argument;
        }
    }
    try {
        $client = new Client($settings);
    } catch (Error $error) {
        print_error('locjob', $error);
        return 2;
    }
    foreach ($jobIds as $jobId) {
        try {
            $job = $wait ? $client->wait($jobId) : $client->get($jobId);
            print_job($job);
            if (in_array($job->status, ['Failed', 'Cancelled'], true)) {
                $status = max($status, 1);
            }
        } catch (Error $error) {
            print_error($jobId, $error);
            $status = 2;
        }
    }
    return $status;
}

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    exit(main(array_slice($argv, 1)));
}
