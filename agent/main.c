#include "agent/commands/commands.h"

int main(int argc, char **argv)
{
    return commands_run(&agent_program, argc, argv);
}
