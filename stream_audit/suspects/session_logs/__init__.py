"""Session logs of agents."""
