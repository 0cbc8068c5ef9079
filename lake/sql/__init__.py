"""SQL for statisticians: one SELECT over one project's tables, in a process that can do no harm."""
