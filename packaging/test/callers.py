#!/usr/bin/python3
"""Calls an address again and again, as clients with and without lasting connections do, until standard input ends; then says
how many calls were answered, and fails when one was not. usage: callers.py URL KEY [BODY]"""
import http.client
import sys
import threading
import time
import urllib.parse

url, key = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2]
body = sys.argv[3] if len(sys.argv) > 3 else None
target = url.path + ("?" + url.query if url.query else "")
answered, failures, longest, stop = [0], [], [0.0], threading.Event()
lock = threading.Lock()


def call(connection):
    headers = {"authorization": "Api-Key " + key}
    if body:
        headers["content-type"] = "application/json"
    connection.request("POST" if body else "GET", target, body, headers)
    reply = connection.getresponse()
    text = reply.read().decode()
    if reply.status != 200 or '"score":null' in text:
        raise RuntimeError(f"answered {reply.status} {text[:300]}")
    return reply


def calls(lasting):
    connection = None
    while not stop.is_set():
        begun = time.monotonic()
        try:
            used = connection is not None
            connection = connection or http.client.HTTPConnection(url.hostname, url.port, timeout=30)
            try:
                reply = call(connection)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # A server may close a resting connection at any time: every client asks once more then (RFC 9112, 9.3.1).
                if not used:
                    raise
                connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
                reply = call(connection)
            if not lasting or reply.will_close:
                connection.close()
                connection = None
            with lock:
                answered[0] += 1
                longest[0] = max(longest[0], time.monotonic() - begun)
        except Exception as error:  # Whatever it is, a client has seen it.
            connection = None
            with lock:
                failures.append(f"{type(error).__name__}: {error}")
        time.sleep(0.002)


threads = [threading.Thread(target=calls, args=(n % 2 == 0,)) for n in range(8)]
for thread in threads:
    thread.start()
sys.stdin.read()
stop.set()
for thread in threads:
    thread.join()
print(f"{answered[0]} answered, {len(failures)} failed, the longest call {longest[0] * 1000:.0f} ms", *sorted(set(failures)), sep="\n  ")
sys.exit(1 if failures or not answered[0] else 0)
