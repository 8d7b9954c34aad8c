"""What a client of the Model Context Protocol does with the server.

    model_context.py URL KEY

Prints "ok", or ends with what went wrong.
"""

import asyncio
import json
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

URL, KEY = sys.argv[1:3]


def content(result):
    return json.loads(result.content[0].text)


async def main():
    async with streamablehttp_client(URL, headers={"Authorization": f"Bearer {KEY}"}) as (reading, writing, _):
        async with ClientSession(reading, writing) as session:
            greeting = await session.initialize()
            assert greeting.serverInfo.name == "scorable", greeting
            names = {tool.name for tool in (await session.list_tools()).tools}
            assert {"list_evaluators", "run_evaluation", "run_judge", "generate_judge", "get_execution_log"} <= names, names
            found = content(await session.call_tool("list_evaluators", {"search": "Helpful", "limit": 5}))["evaluators"]
            assert any(evaluator["name"] == "Helpfulness" for evaluator in found), found
            done = content(await session.call_tool("run_evaluation_by_name", {
                "evaluator_name": "Helpfulness", "request": "How do I reset it?", "response": "Press the button."}))
            assert 0 <= done["score"] <= 1 and done["justification"], done
            log = content(await session.call_tool("get_execution_log", {"execution_log_id": done["execution_log_id"]}))
            assert log["response"] == "Press the button.", log
            policy = content(await session.call_tool("run_coding_policy_adherence", {
                "policy_documents": ["Use tabs."], "code": "def f():\n\treturn 1"}))
            assert 0 <= policy["score"] <= 1, policy
            wrong = await session.call_tool("run_evaluation", {"evaluator_id": "nobody"})
            assert wrong.isError and "not found" in content(wrong)["error"].lower(), wrong
    print("ok")


asyncio.run(main())
