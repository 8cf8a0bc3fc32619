"""Give people on The Littlest JupyterHub their passwords, before anybody else takes their names.

    tljh_passwords.py FILE < lines such as ada:password

FILE is TLJH's list, /opt/tljh/state/passwords.dbm. Without a password there, a name belongs to
whoever logs in with it first. Run it with TLJH's own Python, which has bcrypt.
"""

import dbm
import sys

import bcrypt

with dbm.open(sys.argv[1], "c", 0o600) as passwords:
    for line in sys.stdin:
        name, password = line.strip().split(":", 1)
        passwords[name] = bcrypt.hashpw(password.encode(), bcrypt.gensalt())
