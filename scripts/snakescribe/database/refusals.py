"""What a server refuses -> what to do about it."""

import psycopg2

_GRANT = (
    "let the owner of the database give the user the right to make and change tables there: "
    "`grant create on database NAME to USER; grant create, usage on schema SCHEMA to USER`"
)
_OWN_SCHEMA = (
    "use a database of its own, or a schema of its own: make it, and add "
    "`?options=-csearch_path%3DSCHEMA` to the URL"
)
_AGAIN = "run the workflow again"
_ROOM = "make room on the server's disk, and run the workflow again"
_FILES = "the files that are loaded do not fit together; run the workflow again, it mends them"

# By SQLSTATE (appendix A of PostgreSQL's manual): one code, or a class of them by its first two.
_BY_CODE = {
    "0A000": "PostgreSQL 14 or later is needed; upgrade the server",
    "22021": "the database needs the encoding UTF8: `create database NAME encoding 'UTF8' "
             "template template0`",
    "22P05": "the database needs the encoding UTF8: `create database NAME encoding 'UTF8' "
             "template template0`",
    "23": _FILES,
    "25006": "this server or session only reads: give the URL of the primary server, without "
             "`default_transaction_read_only`",
    "3D000": "make the database: `createdb NAME`, or correct its name in the URL",
    "3F000": "make the schema that `search_path` names, or let the user into it: `create schema "
    "NAME; grant create, usage on schema NAME to USER`",
    "40": f"another program changed the same rows; {_AGAIN}",
    "42501": _GRANT,
    "42704": "PostgreSQL 14 or later is needed; upgrade the server",
    "42": "the tables are not as snakescribe makes them, or another program has tables of the same "
          f"names: {_OWN_SCHEMA}",
    "53100": _ROOM,
    "53300": "the server has no connection left: end others, raise its `max_connections`, and run "
             "the workflow again",
    "53": "the server lacks memory or another resource; its log says which",
    "55P03": f"another program holds a lock; end it, and {_AGAIN}",
    "57014": "a time limit of the server ended it: raise `statement_timeout` for this user "
             "(`alter role USER set statement_timeout = 0`), and run the workflow again",
    "57": f"the server was stopped or restarted; when it is back, {_AGAIN}",
    "58": "the server cannot read or write its own files; its log says more",
    "XX": "the server reports that its own data are damaged; its log says more",
}  # fmt: skip
# While connecting psycopg2 has no code, but the server's words.
_BY_WORDS = (
    ("password authentication failed", "correct user and password, in the URL or in ~/.pgpass"),
    ("no password supplied", "give the password in ~/.pgpass or in the URL"),
    ("pg_hba.conf", "let the server's pg_hba.conf take this user from this machine, or add "
                    "`?sslmode=require` to the URL if it asks for encryption"),
    ("definition of service", "write the service into ~/.pg_service.conf, or correct its name in "
                              "the URL"),
    ("peer authentication failed", "name in the URL the user that you are, or give host and "
                                   "password"),
    ("does not exist", "make it on the server (`createdb NAME`, `createuser NAME`), or correct the "
                       "URL"),
    ("permission denied", _GRANT),
    ("too many", "end other connections, or raise the server's `max_connections`"),
    ("remaining connection slots", "end other connections, or raise its `max_connections`"),
    (
        "closed the connection",
        f"the server was stopped, restarted or broke down: its log says why; {_AGAIN}",
    ),
    ("starting up", f"wait until the server has started, and {_AGAIN}"),
    ("shutting down", f"start the server, and {_AGAIN}"),
    ("could not translate host name", "correct the host in the URL"),
    ("certificate", "check `sslmode`, `sslrootcert` and `sslcert` in the URL"),
    ("SSL", "check `sslmode` in the URL; `sslmode=prefer` takes a server without encryption"),
    ("timeout expired", "check host and port, and that no firewall is between"),
    ("Connection refused", "start the server, or correct host and port in the URL"),
    ("No such file or directory", "start the server, or correct `host`, the folder of its socket"),
)  # fmt: skip
_ELSE = "the server's log says more"


def first_error(error: psycopg2.Error) -> psycopg2.Error:
    """What was raised -> what the server said at first.

    Where a server goes away, what is raised at last is that the connection cannot be ended.
    """
    while isinstance(error.__context__, psycopg2.Error):
        error = error.__context__
    return error


def remedy(error: psycopg2.Error) -> str:
    """An error of the driver -> what to do."""
    code = error.pgcode or ""
    for known in (code, code[:2]):
        if known in _BY_CODE:
            return _BY_CODE[known]
    return next((advice for words, advice in _BY_WORDS if words in str(error)), _ELSE)
