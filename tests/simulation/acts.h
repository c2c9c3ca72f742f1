#ifndef TESTS_SIMULATION_ACTS_H
#define TESTS_SIMULATION_ACTS_H

/* What people, machines and bad luck do in a province, drawn one after the other; and the calm
 * afterwards, in which everything has to come together again. */

#include "tests/simulation/stage.h"

/* Who is enrolled, what the weather is like, and that things happen while somebody waits. */
void acts_begin(struct stage *stage);

/* One thing happens. */
void acts_happen(struct stage *stage);

/* No faults any more; a registrar decides by the book. Every installation that nothing stands in
 * the way of must deliver everything, every other one is found out and replaced. */
void acts_calm(struct stage *stage);

#endif
