"""When: durable workflows that know the time and nothing else."""
