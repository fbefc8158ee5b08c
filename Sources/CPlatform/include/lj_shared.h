// The process-wide state of the library: the client of calls that name none, and the list of codes.
#ifndef LJ_SHARED_H
#define LJ_SHARED_H

// The default client, or NULL while there is none.
void *lj_default_client(void);
// Makes `client` the default client unless there is one already; returns the one that is.
void *lj_set_default_client(void *client);
// Where the list of codes is kept once it has been asked for (lj_slot_get).
void **lj_code_list(void);
#endif
