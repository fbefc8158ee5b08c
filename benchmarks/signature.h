/* One step of a call by itself: signing the request for a job, as main in signature.c repeats it. Its contenders
 * implement the two functions. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stddef.h>

#define HOST "geo.us-east-1.amazonaws.com"
#define PATH "/metadata/v0/jobs/benchmark-job"
#define REGION "us-east-1"
/* 2026-01-01T08:30:00Z */
#define SIGNED_AT 1767256200
#define SIGNED_DATE "20260101"
#define SIGNED_TIME SIGNED_DATE "T083000Z"

/* What is done once: the key of the day. Nonzero if there is none. */
int signature_prepare(const char *access_key, const char *secret_key, const char *token);
/* Signs; writes the signature's 64 digits and a NUL. */
void signature_make(char digits[65]);

#endif
