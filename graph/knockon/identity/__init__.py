"""Identity: which records may mean the same entity, by their names, for people to judge."""
