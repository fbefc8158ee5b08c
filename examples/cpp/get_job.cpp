// get_job - prints what Amazon Location Service says of jobs, by way of locjob.hpp.
//
//     get_job JOB_ID…           ask once
//     get_job --wait JOB_ID…    wait until each has ended
//     get_job NAME=VALUE …      the same with settings, such as region=us-east-1
//
// Exit status: 0 all jobs were read, 1 one of them has failed or was cancelled, 2 one could not be read.
//
// Build, in the top folder after `make build`:
//
//     c++ -std=c++17 -Iinclude examples/cpp/get_job.cpp -o get_job -L.build/release -llocjob -Wl,-rpath,"$PWD/.build/release"

#include <locjob.hpp>

#include <algorithm>
#include <ctime>
#include <exception>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

void print(std::string_view label, std::string_view value)
{
    std::cout << std::left << std::setw(22) << label << value << '\n';
}

std::string iso8601(locjob::job::time time)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(std::chrono::floor<std::chrono::seconds>(time)));
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

void print(const locjob::job &job)
{
    print("Job id", job.job_id());
    print("Name", job.name().value_or("-"));
    print("Status", job.status().value_or("-"));
    if (auto time = job.updated_at())
        print("Updated at", iso8601(*time));
    if (auto code = job.error_code())
        print("Error code", *code);
    for (const locjob_string &message : job.error_messages())
        print("Error message", locjob::view(message).value_or(""));
    for (const locjob_tag &tag : job.tags())
        print("Tag", std::string(*locjob::view(tag.key)) + " = " + std::string(*locjob::view(tag.value)));
}

void print(const std::string &what, const locjob::error &error)
{
    std::cerr << what << ": " << error.what() << '\n'
              << "  code        " << error.code_name() << '\n'
              << "  error code  " << error.error_code() << '\n';
}

int run(const std::vector<std::string> &arguments)
{
    bool wait = false;
    std::map<std::string, std::string> settings;
    std::vector<std::string> job_ids;

    for (const std::string &argument : arguments)
        if (argument == "--wait")
            wait = true;
        else if (auto equals = argument.find('='); equals != std::string::npos)
            settings[argument.substr(0, equals)] = argument.substr(equals + 1);
        else
            job_ids.push_back(argument);

    const locjob::client client(settings.begin(), settings.end());
    int exit_status = 0;

    for (const std::string &job_id : job_ids)
        try {
            const locjob::job job = wait ? client.wait(job_id) : client.get(job_id);
            print(job);
            if (job.status_value() == LOCJOB_STATUS_FAILED || job.status_value() == LOCJOB_STATUS_CANCELLED)
                exit_status = std::max(exit_status, 1);
        } catch (const locjob::error &error) {
            print(job_id, error);
            exit_status = 2;
        }
    return exit_status;
}

} // namespace

int main(int argc, char **argv)
{
    try {
        return run({argv + 1, argv + argc});
    } catch (const locjob::error &error) {
        print("get_job", error);
    } catch (const std::exception &error) {
        std::cerr << "get_job: " << error.what() << '\n';
    }
    return 2;
}
