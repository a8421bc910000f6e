"""A whole exercise in three small files, to be copied: CONTRIBUTING.md says where each goes."""
