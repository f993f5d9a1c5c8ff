"""The tables of an experiment -> Postgres: the user's server, or one that lives in the results."""
