"""A writer that acknowledges what it stored, in a way that is right or one of two that are wrong: shows that power cuts
tell them apart. Usage: acknowledging_writer.py FILE full|normal|early PORT"""
import os
import socket
import sqlite3
import sys

path, manner, port = sys.argv[1:]
directory = os.open(os.path.dirname(path), os.O_RDONLY)
database = sqlite3.connect(path, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute(f"PRAGMA synchronous = {'NORMAL' if manner == 'normal' else 'FULL'}")
database.execute("CREATE TABLE events (body BLOB NOT NULL)")
os.fsync(directory)
with socket.create_connection(("127.0.0.1", int(port))) as peer:
    for number in range(200):
        body = b"%d " % number + b"x" * 2000
        if manner == "early":
            peer.send(b"HTTP/1.1 200 " + body)
        database.execute("INSERT INTO events VALUES (?)", (body,))
        if manner != "early":
            peer.send(b"HTTP/1.1 200 " + body)
