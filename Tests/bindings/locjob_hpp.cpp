// What locjob.hpp promises besides what the example shows. Ends with 0 when it holds.

#include <locjob.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>
#include <type_traits>
#include <vector>

#define CHECK(condition) \
    ((condition) ? (void)0 : (std::printf("%s:%d: %s\n", __FILE__, __LINE__, #condition), std::exit(3)))

// Handles belong to one object, and moving cannot fail. An exception can be copied without one more.
static_assert(!std::is_copy_constructible_v<locjob::client> && !std::is_copy_assignable_v<locjob::client>);
static_assert(!std::is_copy_constructible_v<locjob::job> && !std::is_copy_constructible_v<locjob::call>);
static_assert(std::is_nothrow_move_constructible_v<locjob::client> && std::is_nothrow_move_assignable_v<locjob::client>);
static_assert(std::is_nothrow_move_constructible_v<locjob::job> && std::is_nothrow_move_assignable_v<locjob::job>);
static_assert(std::is_nothrow_move_constructible_v<locjob::call>);
static_assert(std::is_nothrow_copy_constructible_v<locjob::error>);

// The code of what a function throws, or LOCJOB_OK.
template <typename Function> static locjob_code thrown(Function function)
{
    try {
        function();
    } catch (const locjob::error &error) {
        CHECK(error.what()[0] != '\0');
        return error.code();
    }
    return LOCJOB_OK;
}

int main()
{
    // Settings in braces, from a container, and none.
    const locjob::client client({{"max_attempts", "1"}, {"region", "us-east-1"}});
    const std::map<std::string, std::string> settings{{"region", "us-east-1"}};
    CHECK(locjob::client(settings.begin(), settings.end()).get("bare").status() == "Paused");
    CHECK(locjob::client().get("bare").status_value() == 0);
    CHECK(client.explain().find("\"max_attempts\"") != std::string::npos);
    CHECK(thrown([] { locjob::client({{"region", "not a region"}}); }) == LOCJOB_INVALID_SETTING);

    // A job outlives its client and moves with what it owns.
    std::vector<locjob::job> jobs;
    {
        locjob::client first({{"region", "us-east-1"}});
        locjob::client second(std::move(first));
        jobs.push_back(second.get("failed"));
        jobs.push_back(second.get("completed"));
        first = std::move(second);
        jobs.push_back(first.get("bare"));
    }
    jobs.erase(jobs.begin() + 2);
    CHECK(jobs[0].name() == std::string_view("name with\0NUL", 13));
    CHECK(jobs[0].error_messages().size() == 4 && locjob::view(jobs[0].error_messages()[1]) == std::string_view("\0", 1));
    CHECK(!jobs[0].ended_at() && jobs[0].tags().empty() && jobs[0].additional_features().begin() == jobs[0].additional_features().end());
    CHECK(jobs[1].additional_features().size() == 2 && jobs[1].tags().size() == 3);
    CHECK(jobs[1].ended_at() == locjob::job::time(std::chrono::seconds(1795167062)));
    CHECK(jobs[1].ended_at() > jobs[1].created_at());
    CHECK(jobs[1].json().find("\"EndedAt\"") != std::string_view::npos && !jobs[1].error_code());

    // Failures say what is known of them.
    try {
        client.get("no-such-job");
        CHECK(false);
    } catch (const std::runtime_error &caught) {
        const auto &error = dynamic_cast<const locjob::error &>(caught);
        CHECK(error.code() == LOCJOB_NOT_FOUND && error.http_status() == 404 && error.attempts() == 1);
        CHECK(!error.retryable() && !error.request_id().empty() && error.json().find("\"Error\"") != std::string::npos);
    }

    // The account's jobs, page by page.
    std::vector<std::string> listed;
    std::string next;
    do {
        const locjob::page page = client.list("", 2, next);
        CHECK(page.size() <= 2);
        for (std::size_t i = 0; i < page.size(); i++)
            listed.emplace_back(page[i].job_id());
        next = page.next_token();
    } while (!next.empty());
    CHECK(listed.size() == 5 && std::count(listed.begin(), listed.end(), "failed") == 1);
    CHECK(thrown([&] { client.list("", 1000); }) == LOCJOB_INVALID_ARGUMENT);

    // A queue: each outcome with its tag, the job or the failure; an end before its time.
    locjob::queue queue(client);
    queue.get("failed", 1);
    queue.get("no-such-job", 2);
    queue.wait("completed", 3);
    queue.get("stalled", 4);
    CHECK(queue.pending() == 4 && queue.fd() >= 0 && !queue.cancel(5));
    std::map<std::uint64_t, locjob_code> codes;
    while (auto outcome = queue.next(std::chrono::seconds(5))) {
        const std::uint64_t tag = outcome->tag();
        CHECK(outcome->is_final());
        if (codes.emplace(tag, outcome->code()).second && codes.size() == 3)
            CHECK(queue.cancel(4));
        const locjob_code code = outcome->code();
        CHECK(thrown([&] { CHECK(!std::move(*outcome).job().job_id().empty()); }) == code);
    }
    CHECK((codes == std::map<std::uint64_t, locjob_code>{
                        {1, LOCJOB_OK}, {2, LOCJOB_NOT_FOUND}, {3, LOCJOB_OK}, {4, LOCJOB_CANCELLED}}));
    CHECK(queue.pending() == 0 && thrown([&] { queue.get("", 6); }) == LOCJOB_INVALID_JOB_ID);

    // A NUL would hide what follows it.
    try {
        client.get(std::string("bare\0job", 8));
        CHECK(false);
    } catch (const std::invalid_argument &) {
    }

    // Time limits, and an end from another thread.
    CHECK(thrown([&] { client.get("stalled", locjob::call(std::chrono::milliseconds(100))); }) == LOCJOB_DEADLINE_EXCEEDED);
    locjob::call call;
    std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        call.cancel();
    });
    CHECK(thrown([&] { client.get("stalled", call); }) == LOCJOB_CANCELLED);
    canceller.join();

    // One client for all threads.
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([&] {
            for (int calls = 0; calls < 5; calls++)
                CHECK(client.get("completed").status() == "Completed");
        });
    for (std::thread &thread : threads)
        thread.join();
}
