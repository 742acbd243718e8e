"""Session logs of agents: files that tell the usage of many responses, line by line."""
