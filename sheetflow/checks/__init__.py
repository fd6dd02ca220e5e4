"""The checks: one family a module, all registered in registry."""
