/* One step of a call by itself: reading a response, as main in reading.c repeats it. Its contenders implement the
 * function. */
#ifndef READING_H
#define READING_H

#include <stddef.h>

/* Reads the description of a job and lets go of it; 0 unless it is one. */
int reading_read(const char *body, size_t length);

#endif
