"""Setting up a study of a user's own data: what a table holds, and the two files that are written from it."""
