"""Holds the server's SCIM to RFC 7643 and 7644 with the published tester. Usage: scim_client.py URL KEY [CA]

Prints a line of JSON for each check: its title, the type of resource, how it ended, and why.
"""

import json
import ssl
import sys

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server

url, key = sys.argv[1:3]
verify = ssl.create_default_context(cafile=sys.argv[3]) if len(sys.argv) > 3 else True
http = httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30, verify=verify)
for result in check_server(SyncSCIMClient(http)):
    line = {
        "title": result.title,
        "resource": result.resource_type or "",
        "status": result.status.name,
        "reason": str(result.reason or "")[:2000],
    }
    print(json.dumps(line))
