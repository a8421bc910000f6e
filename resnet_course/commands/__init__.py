"""The command line: one file for each group of commands, which only parse, call and show.

Nothing imports it but `cli`. Heavy modules are imported when a command runs.
"""
