#include "lj_math.h"

#include <stdint.h>
#include <string.h>

// Newton's method, from a guess that has a third of the number's exponent: each step doubles the digits that are right.
double lj_cube_root(double value) {
    if (!(value > 0 && value < 1e300)) return 0;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = bits / 3 + ((uint64_t)(1023 - 1023 / 3) << 52);
    double root;
    memcpy(&root, &bits, sizeof root);
    for (int i = 0; i < 6; i++) root -= (root - value / (root * root)) / 3;
    return root;
}

// From this on every number is whole (IEEE 754, double).
static const double WHOLE = 4503599627370496.0;

double lj_floor(double value) {
    if (!(value > -WHOLE && value < WHOLE)) return value;
    double whole = (double)(int64_t)value;
    return whole > value ? whole - 1 : whole;
}
