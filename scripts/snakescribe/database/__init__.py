"""The Postgres server: its address, how to reach it, and the embedded one."""
