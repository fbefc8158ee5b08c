// What of libm is needed, so that a host need not load it for this.
#ifndef LJ_MATH_H
#define LJ_MATH_H

// Of a number that is finite and not negative; 0 for others.
double lj_cube_root(double value);
// The largest whole number that is not larger.
double lj_floor(double value);
#endif
