"""Prints the code that an authenticator shows now for a secret in base 32 (RFC 6238: SHA-1, six digits, 30 s)."""

import base64
import hashlib
import hmac
import struct
import sys
import time

secret = sys.argv[1].upper()
key = base64.b32decode(secret + "=" * (-len(secret) % 8))
digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
place = digest[-1] & 15
number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
print(f"{number % 1_000_000:06d}")
