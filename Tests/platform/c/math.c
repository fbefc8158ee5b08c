/* What lj_math.c has of libm is what libm has. */
#include "check.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "lj_math.h"

static uint64_t seed = 1;

/* A double of random bits: of any size, and sometimes no number. */
static double any_double(void)
{
    double value;

    seed = seed * 6364136223846793005u + 1442695040888963407u;
    memcpy(&value, &seed, sizeof value);
    return value;
}

static void check_rounding(double value)
{
    CHECK(isnan(value) ? isnan(lj_floor(value)) : lj_floor(value) == floor(value));
}

static void check_root(double value)
{
    double root = lj_cube_root(value), known = cbrt(value);

    CHECK(fabs(root - known) <= 1e-15 * known);
}

static void whole_numbers(void)
{
    const double edges[] = {0, -0.0, 0.5, -0.5, 1, -1, 0.75, 1.5, -1.5, 4503599627370495.5, -4503599627370495.5,
                            4503599627370496.0, -4503599627370496.0, 9e15, -9e18, 1e300, INFINITY, -INFINITY, NAN};
    size_t i;

    for (i = 0; i < sizeof edges / sizeof edges[0]; i++)
        check_rounding(edges[i]);
    for (i = 0; i < 200000; i++) {
        double value = any_double();

        check_rounding(value);
        check_rounding(fmod(value, 1e16));
    }
}

static void cube_roots(void)
{
    size_t i;

    for (i = 1; i < 1000; i++)
        check_root((double)i / 8);
    for (i = 0; i < 200000; i++) {
        double value = any_double();

        if (value > 1e-300 && value < 1e299)
            check_root(value);
    }
    CHECK(lj_cube_root(0) == 0 && lj_cube_root(-1) == 0 && lj_cube_root(NAN) == 0);
}

int main(int argc, char **argv)
{
    static const test tests[] = {
#define TEST(name) {#name, name}
        TEST(whole_numbers),
        TEST(cube_roots),
    };
    return run_test(tests, sizeof tests / sizeof tests[0], argc, argv);
}
