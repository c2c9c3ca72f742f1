#include "common/runtime/crew.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/memory.h"

/* Waking a thread costs about as much as a signature: for less it does not pay. */
#define PIECES_MIN 4

struct member {
    struct crew *crew;
    size_t worker;
    pthread_t thread;
};

struct crew {
    struct member members[CREW_SIZE_MAX];
    size_t size;
    pthread_mutex_t mutex;
    pthread_cond_t called;
    pthread_cond_t done;
    unsigned long call; /* counts up with every crew_run() */
    size_t at_work;     /* members who have not finished it */
    bool leaving;
    crew_piece_fn *work;
    void *owner;
    size_t piece_count;
    atomic_size_t next; /* piece */
};

static void must(int code)
{
    if (code == 0)
        return;
    perror("pthread");
    abort();
}

static void work_along(struct crew *crew, size_t worker)
{
    for (;;) {
        size_t piece = atomic_fetch_add(&crew->next, 1);
        if (piece >= crew->piece_count)
            return;
        crew->work(piece, worker, crew->owner);
    }
}

static void *serve(void *owner)
{
    struct member *member = owner;
    struct crew *crew = member->crew;
    unsigned long done = 0;
    must(pthread_mutex_lock(&crew->mutex));
    for (;;) {
        while (crew->call == done && !crew->leaving)
            must(pthread_cond_wait(&crew->called, &crew->mutex));
        if (crew->leaving)
            break;
        done = crew->call;
        must(pthread_mutex_unlock(&crew->mutex));
        work_along(crew, member->worker);
        must(pthread_mutex_lock(&crew->mutex));
        if (--crew->at_work == 0)
            must(pthread_cond_signal(&crew->done));
    }
    must(pthread_mutex_unlock(&crew->mutex));
    return NULL;
}

/* They take over the signals that are blocked here: all of them, which stay the caller's. Where
 * the system has no more threads to give, the crew is a smaller one. */
static void start_members(struct crew *crew)
{
    sigset_t all, before;
    sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, &before));
    for (size_t i = 1; i < crew->size; i++) {
        crew->members[i] = (struct member){ .crew = crew, .worker = i };
        if (pthread_create(&crew->members[i].thread, NULL, serve, &crew->members[i]) != 0)
            crew->size = i;
    }
    must(pthread_sigmask(SIG_SETMASK, &before, NULL));
}

struct crew *crew_create(size_t size)
{
    assert(size >= 1 && size <= CREW_SIZE_MAX);

    struct crew *crew = memory_zeroed(1, sizeof *crew);
    crew->size = size;
    must(pthread_mutex_init(&crew->mutex, NULL));
    must(pthread_cond_init(&crew->called, NULL));
    must(pthread_cond_init(&crew->done, NULL));
    start_members(crew);
    return crew;
}

void crew_destroy(struct crew **crew)
{
    if (*crew) {
        must(pthread_mutex_lock(&(*crew)->mutex));
        (*crew)->leaving = true;
        must(pthread_cond_broadcast(&(*crew)->called));
        must(pthread_mutex_unlock(&(*crew)->mutex));
        for (size_t i = 1; i < (*crew)->size; i++)
            must(pthread_join((*crew)->members[i].thread, NULL));
        must(pthread_cond_destroy(&(*crew)->done));
        must(pthread_cond_destroy(&(*crew)->called));
        must(pthread_mutex_destroy(&(*crew)->mutex));
    }
    memory_free(crew);
}

size_t crew_size(const struct crew *crew)
{
    return crew ? crew->size : 1;
}

size_t crew_size_wanted(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > CREW_SIZE_MAX ? CREW_SIZE_MAX : (size_t)processors;
}

void crew_start(struct crew *crew, size_t piece_count, crew_piece_fn *work, void *owner)
{
    assert(crew->size > 1 && crew->at_work == 0);

    must(pthread_mutex_lock(&crew->mutex));
    crew->work = work;
    crew->owner = owner;
    crew->piece_count = piece_count;
    atomic_store(&crew->next, 0);
    crew->at_work = crew->size - 1;
    crew->call++;
    must(pthread_cond_broadcast(&crew->called));
    must(pthread_mutex_unlock(&crew->mutex));
}

void crew_finish(struct crew *crew)
{
    work_along(crew, 0);
    must(pthread_mutex_lock(&crew->mutex));
    while (crew->at_work > 0)
        must(pthread_cond_wait(&crew->done, &crew->mutex));
    must(pthread_mutex_unlock(&crew->mutex));
}

void crew_run(struct crew *crew, size_t piece_count, crew_piece_fn *work, void *owner)
{
    if (crew_size(crew) == 1 || piece_count < PIECES_MIN) {
        for (size_t i = 0; i < piece_count; i++)
            work(i, 0, owner);
        return;
    }
    crew_start(crew, piece_count, work, owner);
    crew_finish(crew);
}
