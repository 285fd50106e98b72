"""What people read: pages, reports, tables, text, notebooks."""
