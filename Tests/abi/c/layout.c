/* Where every member of every public struct lies: bindings repeat these numbers, so that they must never
 * change. A member that is added comes after the last line of its struct here. */
#include "check.h"

#include <stddef.h>

#define SIZE(type, size) CHECK(sizeof(type) == (size))
#define MEMBER(type, member, offset, size)                                                                \
    CHECK(offsetof(type, member) == (offset) && sizeof ((type *)0)->member == (size))

int main(void)
{
    SIZE(void *, 8); /* the numbers below are those of 64-bit machines */
    SIZE(size_t, 8);

    SIZE(locjob_code, 4);

    MEMBER(locjob_string, data, 0, 8);
    MEMBER(locjob_string, length, 8, 8);
    SIZE(locjob_string, 16);

    MEMBER(locjob_timestamp, seconds, 0, 8);
    MEMBER(locjob_timestamp, nanoseconds, 8, 4);
    MEMBER(locjob_timestamp, present, 12, 4);
    SIZE(locjob_timestamp, 16);

    MEMBER(locjob_enum, value, 0, 4);
    MEMBER(locjob_enum, reserved, 4, 4);
    MEMBER(locjob_enum, text, 8, 16);
    SIZE(locjob_enum, 24);

    MEMBER(locjob_tag, key, 0, 16);
    MEMBER(locjob_tag, value, 16, 16);
    SIZE(locjob_tag, 32);

    MEMBER(locjob_job, job_id, 0, 16);
    MEMBER(locjob_job, job_arn, 16, 16);
    MEMBER(locjob_job, name, 32, 16);
    MEMBER(locjob_job, status, 48, 24);
    MEMBER(locjob_job, action, 72, 24);
    MEMBER(locjob_job, created_at, 96, 16);
    MEMBER(locjob_job, updated_at, 112, 16);
    MEMBER(locjob_job, ended_at, 128, 16);
    MEMBER(locjob_job, execution_role_arn, 144, 16);
    MEMBER(locjob_job, input_location, 160, 16);
    MEMBER(locjob_job, input_format, 176, 24);
    MEMBER(locjob_job, output_location, 200, 16);
    MEMBER(locjob_job, output_format, 216, 24);
    MEMBER(locjob_job, additional_features, 240, 8);
    MEMBER(locjob_job, additional_feature_count, 248, 8);
    MEMBER(locjob_job, error_code, 256, 24);
    MEMBER(locjob_job, error_messages, 280, 8);
    MEMBER(locjob_job, error_message_count, 288, 8);
    MEMBER(locjob_job, tags, 296, 8);
    MEMBER(locjob_job, tag_count, 304, 8);
    SIZE(locjob_job, 312);
    return 0;
}
