/*
 * locjob.hpp - locjob.h for C++17: handles that release themselves, exceptions, views and ranges.
 *
 *     locjob::client client({{"region", "us-east-1"}});
 *     try {
 *         locjob::job job = client.get("my-job-id");
 *         std::cout << job.status().value_or("?") << '\n';
 *     } catch (const locjob::error &error) {
 *         std::cerr << error.code_name() << ": " << error.what() << '\n';
 *     }
 *
 * Everything is inline on the C functions: the only library to link with is liblocjob, and programs that were
 * compiled by different compilers can share it. What locjob.h says of settings, threads and codes holds here too.
 * An object that was moved from may only be assigned to or destroyed.
 */
#ifndef LOCJOB_HPP
#define LOCJOB_HPP

#include <locjob.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace locjob {

namespace detail {

struct release {
    void operator()(locjob_result *result) const noexcept { locjob_free(result); }
    void operator()(locjob_client *client) const noexcept { locjob_client_free(client); }
    void operator()(locjob_config *config) const noexcept { locjob_config_free(config); }
    void operator()(locjob_call *call) const noexcept { locjob_call_free(call); }
    void operator()(locjob_queue *queue) const noexcept { locjob_queue_free(queue); }
};

template <typename Handle> using owned = std::unique_ptr<Handle, release>;

/* C would take what is in front of a NUL for the whole. */
inline const char *c_text(const std::string &text)
{
    if (text.find('\0') != std::string::npos)
        throw std::invalid_argument("locjob: a NUL character inside a job id or a setting");
    return text.c_str();
}

} // namespace detail

/* Text of a job, borrowed from it; it may hold NUL characters. nullopt when the member was absent. */
using text = std::optional<std::string_view>;

inline text view(const locjob_string &string) noexcept
{
    return string.data ? text(std::in_place, string.data, string.length) : std::nullopt;
}

/* A failure, with everything that is known of it. what() is the message. */
class error : public std::runtime_error {
public:
    explicit error(const locjob_result *result)
        : std::runtime_error(locjob_result_message(result)),
          facts(std::make_shared<const known>(result))
    {
    }

    /* Of a function that gives no more than a code. */
    explicit error(locjob_code code)
        : std::runtime_error(locjob_code_text(code)), facts(std::make_shared<const known>(code))
    {
    }

    locjob_code code() const noexcept { return facts->code; } /* such as LOCJOB_NOT_FOUND */
    const char *code_name() const noexcept { return locjob_code_name(facts->code); }
    /* The service's own word, such as "ResourceNotFoundException". */
    const std::string &error_code() const noexcept { return facts->error_code; }
    const std::string &request_id() const noexcept { return facts->request_id; }
    /* The failure in the shape of boto3's ClientError.response. */
    const std::string &json() const noexcept { return facts->json; }
    int attempts() const noexcept { return facts->attempts; }
    int http_status() const noexcept { return facts->http_status; }
    bool retryable() const noexcept { return facts->retryable; }

private:
    struct known {
        explicit known(const locjob_result *result)
            : code(locjob_result_code(result)), error_code(locjob_result_error_code(result)),
              request_id(locjob_result_request_id(result)),
              json(locjob_result_json(result), locjob_result_json_length(result)),
              attempts(locjob_result_attempts(result)), http_status(locjob_result_http_status(result)),
              retryable(locjob_result_retryable(result) != 0)
        {
        }

        explicit known(locjob_code code) : code(code) {}

        locjob_code code;
        std::string error_code, request_id, json;
        int attempts = 0, http_status = 0;
        bool retryable = false;
    };

    std::shared_ptr<const known> facts; /* shared, so that copying an exception cannot throw */
};

/* An array that a job owns, for range-for. */
template <typename Element> class list {
public:
    list(const Element *first, std::size_t count) noexcept : first(first), count(count) {}

    const Element *begin() const noexcept { return first; }
    const Element *end() const noexcept { return first ? first + count : first; }
    std::size_t size() const noexcept { return count; }
    bool empty() const noexcept { return count == 0; }
    const Element &operator[](std::size_t index) const noexcept { return first[index]; }

private:
    const Element *first;
    std::size_t count;
};

/* What the service said of a job, borrowed from what it was read from. */
class job_view {
public:
    /* Nanoseconds since 1970 in UTC, which reaches from 1677 to 2262; see get()->… for all others. */
    using time = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

    std::string_view job_id() const noexcept { return *view(c->job_id); }
    text job_arn() const noexcept { return view(c->job_arn); }
    text name() const noexcept { return view(c->name); }
    text status() const noexcept { return view(c->status.text); }
    std::int32_t status_value() const noexcept { return c->status.value; } /* LOCJOB_STATUS_… */
    text action() const noexcept { return view(c->action.text); }
    std::optional<time> created_at() const noexcept { return point(c->created_at); }
    std::optional<time> updated_at() const noexcept { return point(c->updated_at); }
    std::optional<time> ended_at() const noexcept { return point(c->ended_at); }
    text execution_role_arn() const noexcept { return view(c->execution_role_arn); }
    text input_location() const noexcept { return view(c->input_location); }
    text input_format() const noexcept { return view(c->input_format.text); }
    text output_location() const noexcept { return view(c->output_location); }
    text output_format() const noexcept { return view(c->output_format.text); }
    list<locjob_enum> additional_features() const noexcept
    {
        return {c->additional_features, c->additional_feature_count};
    }
    text error_code() const noexcept { return view(c->error_code.text); }
    list<locjob_string> error_messages() const noexcept
    {
        return {c->error_messages, c->error_message_count};
    }
    list<locjob_tag> tags() const noexcept { return {c->tags, c->tag_count}; }

    const locjob_job *get() const noexcept { return c; }

protected:
    explicit job_view(const locjob_job *c) noexcept : c(c) {}

private:
    friend class page;

    static std::optional<time> point(const locjob_timestamp &stamp) noexcept
    {
        constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max() / 1000000000 - 1;
        if (!stamp.present || stamp.seconds > limit || stamp.seconds < -limit)
            return std::nullopt;
        return time(std::chrono::seconds(stamp.seconds) + std::chrono::nanoseconds(stamp.nanoseconds));
    }

    const locjob_job *c;
};

/* A job that owns what its members give. */
class job : public job_view {
public:
    /* Takes a result over. Throws what it says when it has no job. */
    explicit job(detail::owned<locjob_result> owner)
        : job_view(locjob_result_job(owner.get())), result(std::move(owner))
    {
        if (get() == nullptr)
            throw error(result.get());
    }

    /* As the service sent it, with members that this version does not know. */
    std::string_view json() const noexcept
    {
        return {locjob_result_json(result.get()), locjob_result_json_length(result.get())};
    }

private:
    detail::owned<locjob_result> result;
};

/* A page of jobs, which it owns. They have all but their tags. */
class page {
public:
    std::size_t size() const noexcept { return locjob_result_entry_count(result.get()); }
    /* From 0 to size() - 1. */
    job_view operator[](std::size_t index) const noexcept
    {
        return job_view(locjob_result_entry(result.get(), index));
    }
    /* What asks for the page that follows; empty when there is none. */
    std::string next_token() const { return locjob_result_next_token(result.get()); }

private:
    friend class client;

    explicit page(detail::owned<locjob_result> owner) : result(std::move(owner))
    {
        if (locjob_result_code(result.get()) != LOCJOB_OK)
            throw error(result.get());
    }

    detail::owned<locjob_result> result;
};

/* A time limit for calls, and a way to end them. Only cancel() may be used while another thread is in the call. */
class call {
public:
    call() : handle(locjob_call_new())
    {
        if (!handle)
            throw std::bad_alloc();
    }

    /* For a whole call with its retries; 0 is no limit. */
    explicit call(std::chrono::milliseconds timeout) : call()
    {
        if (locjob_call_set_timeout_ms(handle.get(), timeout.count()) != LOCJOB_OK)
            throw std::invalid_argument("locjob: a negative time limit");
    }

    void cancel() noexcept { locjob_call_cancel(handle.get()); }
    locjob_call *get() const noexcept { return handle.get(); }

private:
    detail::owned<locjob_call> handle;
};

/* Configuration, credentials and open connections, shared by any number of threads: make one and keep it. */
class client {
public:
    /* Configured by the environment and the shared files, as the AWS CLI is. */
    client() : client(detail::owned<locjob_config>()) {}

    /* The same, but for settings by name: those of locjob_config_set. */
    client(std::initializer_list<std::pair<std::string, std::string>> settings)
        : client(settings.begin(), settings.end())
    {
    }

    /* The same for a container of pairs, such as a std::map. */
    template <typename Iterator> client(Iterator first, Iterator last) : client(configure(first, last)) {}

    /* Asks for the state of a job, and waits for the answer. */
    job get(const std::string &job_id) const { return job(asked(locjob_get, job_id, nullptr)); }
    job get(const std::string &job_id, const call &call) const
    {
        return job(asked(locjob_get, job_id, call.get()));
    }

    /* Asks until the job has ended, well or badly: its status tells. */
    job wait(const std::string &job_id) const { return job(asked(locjob_wait, job_id, nullptr)); }
    job wait(const std::string &job_id, const call &call) const
    {
        return job(asked(locjob_wait, job_id, call.get()));
    }

    /* A page of the account's jobs: those of a status, or all; `max_results` 0 is the service's own choice. */
    page list(const std::string &status = "", std::int32_t max_results = 0, const std::string &next_token = "") const
    {
        return page(detail::owned<locjob_result>(
            locjob_list(handle.get(), status.empty() ? nullptr : detail::c_text(status), max_results,
                        next_token.empty() ? nullptr : detail::c_text(next_token), nullptr)));
    }

    /* How this client is configured, as JSON without a secret. */
    std::string explain() const
    {
        detail::owned<locjob_result> result(locjob_client_explain(handle.get()));
        if (locjob_result_code(result.get()) != LOCJOB_OK)
            throw error(result.get());
        return {locjob_result_json(result.get()), locjob_result_json_length(result.get())};
    }

    locjob_client *get() const noexcept { return handle.get(); }

private:
    using operation = locjob_result *(*)(locjob_client *, const char *, locjob_call *);

    explicit client(detail::owned<locjob_config> config)
    {
        locjob_client *made = nullptr;
        detail::owned<locjob_result> refusal(locjob_client_new(config.get(), &made));
        handle.reset(made);
        if (!handle)
            throw error(refusal.get());
    }

    template <typename Iterator> static detail::owned<locjob_config> configure(Iterator first, Iterator last)
    {
        detail::owned<locjob_config> config(locjob_config_new());
        if (!config)
            throw std::bad_alloc();
        /* What is refused here is refused by locjob_client_new, with a message. */
        for (; first != last; ++first)
            locjob_config_set(config.get(), detail::c_text(first->first), detail::c_text(first->second));
        return config;
    }

    detail::owned<locjob_result> asked(operation ask, const std::string &job_id, locjob_call *call) const
    {
        return detail::owned<locjob_result>(ask(handle.get(), detail::c_text(job_id), call));
    }

    detail::owned<locjob_client> handle;
};

/* Any number of gets and waits at once, on the thread and in the event loop of the caller. */
class queue {
public:
    /* How one of them went. */
    class outcome {
    public:
        std::uint64_t tag() const noexcept { return locjob_result_tag(result.get()); }
        locjob_code code() const noexcept { return locjob_result_code(result.get()); }
        /* Whether no other follows for the same get, wait or watch. */
        bool is_final() const noexcept { return locjob_result_is_final(result.get()) != 0; }
        /* The job, once; throws the failure when there is none. */
        locjob::job job() && { return locjob::job(std::move(result)); }

    private:
        friend class queue;

        explicit outcome(detail::owned<locjob_result> result) noexcept : result(std::move(result)) {}

        detail::owned<locjob_result> result;
    };

    /* The client may be destroyed first, which cancels what is in the queue. */
    explicit queue(const client &client)
    {
        locjob_queue *made = nullptr;
        detail::owned<locjob_result> refusal(locjob_queue_new(client.get(), &made));
        handle.reset(made);
        if (!handle)
            throw error(refusal.get());
    }

    /* Each adds one to the queue, or throws. Nothing is sent before next(). */
    void get(const std::string &job_id, std::uint64_t tag) { added(locjob_queue_get, job_id, tag); }
    void wait(const std::string &job_id, std::uint64_t tag) { added(locjob_queue_wait, job_id, tag); }
    void watch(const std::string &job_id, std::uint64_t tag) { added(locjob_queue_watch, job_id, tag); }

    /* Goes on with all of them; the next outcome, or nullopt when there is none in time or none is left. */
    std::optional<outcome> next() { return next(std::chrono::milliseconds(-1)); }
    std::optional<outcome> next(std::chrono::milliseconds timeout)
    {
        detail::owned<locjob_result> result(locjob_queue_next(handle.get(), timeout.count()));
        return result ? std::optional<outcome>(outcome(std::move(result))) : std::nullopt;
    }

    /* For the caller's event loop: while it is readable, call next(0ms) until that gives nullopt. */
    int fd() const noexcept { return locjob_queue_fd(handle.get()); }
    /* Whether there was anything with this tag. */
    bool cancel(std::uint64_t tag) noexcept { return locjob_queue_cancel(handle.get(), tag) == LOCJOB_OK; }
    std::size_t pending() const noexcept { return locjob_queue_pending(handle.get()); }

private:
    void added(locjob_code (*add)(locjob_queue *, const char *, std::uint64_t), const std::string &job_id,
               std::uint64_t tag)
    {
        const locjob_code code = add(handle.get(), detail::c_text(job_id), tag);
        if (code != LOCJOB_OK)
            throw error(code);
    }

    detail::owned<locjob_queue> handle;
};

} // namespace locjob

#endif
