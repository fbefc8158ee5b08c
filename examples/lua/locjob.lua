-- The state of an Amazon Location Service job, from liblocjob by way of LuaJIT's FFI.
--
--     local locjob = require "locjob"
--
--     local client = assert(locjob.client { region = "us-east-1" })
--     local job, err = client:get("my-job-id")
--     if job then
--         print(job.status, os.date("!%c", job.updated_at))
--     else
--         print(err.code_name, err)
--     end
--
-- What can fail returns nil and an error, as Lua's io functions do; a missing job id or a NUL inside an argument is a
-- mistake in the program, and raised.
--
-- As a program, in the top folder after `make build`:
--
--     export LD_LIBRARY_PATH=$PWD/.build/release
--     luajit examples/lua/locjob.lua JOB_ID…           ask once
--     luajit examples/lua/locjob.lua --wait JOB_ID…    wait until each has ended
--     luajit examples/lua/locjob.lua NAME=VALUE …      the same with settings, such as region=us-east-1
--
-- Exit status: 0 all jobs were read, 1 one of them has failed or was cancelled, 2 one could not be read.
--
-- A call keeps its Lua state busy, coroutines and all, until it has ended; the setting call_timeout_ms bounds it.
-- States of other threads run on, but a client belongs to the state that made it.

local ffi = require "ffi"

-- What locjob.h declares, as far as it is used here.
ffi.cdef [[
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
]]

local C = ffi.load "liblocjob.so.0"

-- A string for C, which would take what is in front of a NUL for the whole.
local function checked(value)
    assert(value ~= nil, "no job id") -- tostring would make one of it
    value = tostring(value)
    assert(not value:find("\0", 1, true), "a NUL character inside a job id or a setting")
    return value
end

-- By its length, as text may hold NUL; nil when absent.
local function text(string)
    if string.data ~= nil then return ffi.string(string.data, string.length) end
end

-- Seconds since 1970, with the fraction that a number can hold; nil when absent.
local function time(stamp)
    if stamp.present ~= 0 then return tonumber(stamp.seconds) + stamp.nanoseconds / 1e9 end
end

local function list(first, count, copy)
    local copied = {}
    for index = 0, tonumber(count) - 1 do copied[index + 1] = copy(first[index]) end
    return copied
end

-- A failure: code and code_name are the library's (52, "LOCJOB_NOT_FOUND"), error_code is the service's own word.
local Error = { __tostring = function(err) return err.message end }

local function failure(result)
    local code = C.locjob_result_code(result)
    return setmetatable({
        code = code,
        code_name = ffi.string(C.locjob_code_name(code)),
        error_code = ffi.string(C.locjob_result_error_code(result)),
        message = ffi.string(C.locjob_result_message(result)),
        attempts = C.locjob_result_attempts(result),
        retryable = C.locjob_result_retryable(result) ~= 0,
    }, Error)
end

-- A copy of the C struct, which lives as long as its result, with the service's own words for status and the like.
local function copy_job(job)
    local function word(enum) return text(enum.text) end
    local function pair(tag) return { key = text(tag.key), value = text(tag.value) } end
    return {
        job_id = text(job.job_id),
        job_arn = text(job.job_arn),
        name = text(job.name),
        status = word(job.status),
        action = word(job.action),
        created_at = time(job.created_at),
        updated_at = time(job.updated_at),
        ended_at = time(job.ended_at),
        execution_role_arn = text(job.execution_role_arn),
        input_location = text(job.input_location),
        input_format = word(job.input_format),
        output_location = text(job.output_location),
        output_format = word(job.output_format),
        additional_features = list(job.additional_features, job.additional_feature_count, word),
        error_code = word(job.error_code),
        error_messages = list(job.error_messages, job.error_message_count, text),
        tags = list(job.tags, job.tag_count, pair),
    }
end

-- The job of a result, which is released; or nil and the failure. NULL stands for exhausted memory, as all functions
-- read it. ffi.gc releases it even when there is no memory left to copy it.
local function read(result)
    result = ffi.gc(result, C.locjob_free)
    local job, err = C.locjob_result_job(result)
    if job ~= nil then job = copy_job(job) else job, err = nil, failure(result) end
    C.locjob_free(ffi.gc(result, nil))
    return job, err
end

local Client = {}
Client.__index = Client

-- Asks for the state of a job, and waits for the answer.
function Client:get(job_id) return read(C.locjob_get(self.handle, checked(job_id), nil)) end

-- Asks until the job has ended, well or badly: its status tells.
function Client:wait(job_id) return read(C.locjob_wait(self.handle, checked(job_id), nil)) end

local locjob = {}

-- Configuration, credentials and open connections: make one and keep it. The garbage collector releases it. The
-- settings are those of locjob_config_set; the others come from the environment and the shared files.
function locjob.client(settings)
    local config = ffi.gc(C.locjob_config_new(), C.locjob_config_free)
    for name, value in pairs(settings or {}) do
        -- What is refused here is refused by locjob_client_new, with a message.
        C.locjob_config_set(config, checked(name), checked(value))
    end
    local made = ffi.new("locjob_client *[1]")
    local refusal = ffi.gc(C.locjob_client_new(config, made), C.locjob_free)
    if made[0] == nil then return nil, failure(refusal) end
    return setmetatable({ handle = ffi.gc(made[0], C.locjob_client_free) }, Client)
end

if not (arg and arg[0] and arg[0]:find("locjob%.lua$")) then return locjob end -- to require

-- The program.

local function print_line(label, value) io.write(("%-22s"):format(label), value, "\n") end

local function print_job(job)
    print_line("Job id", job.job_id)
    print_line("Name", job.name or "-")
    print_line("Status", job.status)
    if job.updated_at then print_line("Updated at", os.date("!%Y-%m-%dT%H:%M:%SZ", job.updated_at)) end
    if job.error_code then print_line("Error code", job.error_code) end
    for _, message in ipairs(job.error_messages) do print_line("Error message", message) end
    for _, tag in ipairs(job.tags) do print_line("Tag", tag.key .. " = " .. tag.value) end
end

local function print_error(what, err)
    io.stderr:write(what, ": ", err.message, "\n  code        ", err.code_name, "\n  error code  ", err.error_code, "\n")
end

local function main(arguments)
    local wait, settings, job_ids, status = false, {}, {}, 0
    for _, argument in ipairs(arguments) do
        local name, value = argument:match("^(.-)=(.*)$")
        if argument == "--wait" then
            wait = true
        elseif name then
            settings[name] = value
        else
            table.insert(job_ids, argument)
        end
    end
    local client, refused = locjob.client(settings)
    if not client then
        print_error("locjob", refused)
        return 2
    end
    for _, job_id in ipairs(job_ids) do
        local job, err = (wait and client.wait or client.get)(client, job_id)
        if not job then
            print_error(job_id, err)
            status = 2
        else
            print_job(job)
            if job.status == "Failed" or job.status == "Cancelled" then status = math.max(status, 1) end
        end
    end
    return status
end

os.exit(main(arg), true) -- true: what is left is released
