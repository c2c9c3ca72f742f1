#ifndef TESTS_SIMULATION_REGISTRAR_H
#define TESTS_SIMULATION_REGISTRAR_H

/* What people do at the province: whom they let in, what they decide, and whether they keep
 * copies. Nothing happens while the office is not there. */

#include <stdbool.h>

struct desk;
struct stage;

/* Puts a copy of its data folder aside; puts the old copy into its place and sees that it does
 * not serve, because the signer was not copied. */
void registrar_copy_store(struct stage *stage);
void registrar_roll_back(struct stage *stage);
/* The store is lost; the old copy goes on. */
void registrar_lose_store(struct stage *stage);
/* What the registrar does; false when the office is not there. */
bool registrar_enrol(struct stage *stage, struct desk *desk);
bool registrar_revoke(struct stage *stage, struct desk *desk);
/* The next epoch of its device begins, and closes this one. */
bool registrar_renew(struct stage *stage, struct desk *desk);
/* A person decides about a return: which of several statements counts, or that it is sent back. */
void registrar_decide(struct stage *stage);

#endif
