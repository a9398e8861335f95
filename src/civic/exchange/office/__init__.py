"""Officials' door of data sharing: the sources' health, calls, demands, contests."""
