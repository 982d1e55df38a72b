"""The far end of the XML-RPC tests: reads one JSON document a line, answers one a line.

{"dumps": [params, method]} gives a call as xmlrpc.client writes it; {"loads": text} what it reads of a document, or
the class and message of the exception.
"""

import json
import sys
import xmlrpc.client


def answer(question):
    if 'dumps' in question:
        params, method = question['dumps']
        return xmlrpc.client.dumps(tuple(params), method, allow_none=True)
    try:
        params, method = xmlrpc.client.loads(question['loads'])
        return {'params': params, 'method': method}
    except xmlrpc.client.Fault as fault:
        return {'fault': [fault.faultCode, fault.faultString]}
    except Exception as error:
        name = type(error).__module__ + '.' + type(error).__name__
        return {'error': [name, str(error)]}


def plain(value):
    if isinstance(value, xmlrpc.client.DateTime):
        return {'DateTime': value.value}
    return str(value)


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), default=plain), flush=True)
