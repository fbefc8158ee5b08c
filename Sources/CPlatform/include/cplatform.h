// Umbrella of the C that touches the world.
#ifndef LJ_CPLATFORM_H
#define LJ_CPLATFORM_H
#include "lj_event.h"
#include "lj_multi.h"
#include "lj_process.h"
#include "lj_program.h"
#include "lj_shared.h"
#include "lj_signal.h"
#include "lj_transfer.h"
#endif
