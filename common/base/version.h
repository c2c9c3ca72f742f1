#ifndef COMMON_BASE_VERSION_H
#define COMMON_BASE_VERSION_H

/* Of both programs: they are released together. */
#define PROGRAM_VERSION "0.1.0"

#endif
