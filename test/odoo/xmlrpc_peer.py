"""The far end of the XML-RPC wire's tests: one JSON document a line in, one a line out.

{"loads": text} gives what xmlrpc.client reads of a call, with -0.0 and the type of numbers kept ("float 1.0"), or the
class and message of its exception. {"dumps": [value]} gives the reply that it writes.
"""

import json
import sys
import xmlrpc.client


def typed(value):
    """Numbers as text that tells their type and every bit of them; JSON has one kind of number only."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return {"number": type(value).__name__, "text": repr(value)}
    if isinstance(value, (list, tuple)):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[key, typed(item)] for key, item in value.items()]}
    return value


def answer(question):
    if "dumps" in question:
        return xmlrpc.client.dumps(tuple(question["dumps"]), methodresponse=True)
    try:
        params, method = xmlrpc.client.loads(question["loads"])
        return {"params": typed(params), "method": method}
    except Exception as error:
        return {"error": [type(error).__name__, str(error)]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
