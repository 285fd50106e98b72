"""What people see: the explorer, tables, trees, notebooks."""
