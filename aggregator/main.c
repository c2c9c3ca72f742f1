#include "aggregator/commands/commands.h"

int main(int argc, char **argv)
{
    return commands_run(&aggregator_program, argc, argv);
}
