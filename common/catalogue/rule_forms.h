#ifndef COMMON_CATALOGUE_RULE_FORMS_H
#define COMMON_CATALOGUE_RULE_FORMS_H

/* Rules and requirements: their expressions, and which submissions a rule judges. */

struct compiler;

void rules_check(struct compiler *compiler);
void requirements_check(struct compiler *compiler);

#endif
