"""Python's own xmlrpc.client as Odoo's manual uses it: url, database, login and password are the arguments."""

import json
import sys
import xmlrpc.client

url, database, login, password = sys.argv[1:]
common = xmlrpc.client.ServerProxy(url + '/xmlrpc/2/common')
models = xmlrpc.client.ServerProxy(url + '/xmlrpc/2/object')
uid = common.authenticate(database, login, password, {})


def call(model, method, args, **kwargs):
    return models.execute_kw(database, uid, password, model, method, args, kwargs)


def fault(*args):
    try:
        return call(*args)
    except xmlrpc.client.Fault as error:
        return error.faultCode


name = 'Ünïcode & <Söhne> 😀\ttab'
partner = call('res.partner', 'create', [{'name': name, 'ref': 'foreign'}])
found = call('res.partner', 'search', [[['id', '=', partner], ['name', '=', name]]])
read = call('res.partner', 'read', [[partner]], fields=['name', 'ref', 'parent_id', 'category_id'])
written = call('res.partner', 'write', [[partner], {'ref': 'written'}])
floats = call('res.partner', 'read', [[partner]], fields=['partner_latitude', 'color'])[0]
rows = call('res.partner', 'search_read', [[['id', '=', partner]]], fields=['ref'], limit=1)
deleted = call('res.partner', 'unlink', [[partner]])
left = call('res.partner', 'search_count', [[['id', '=', partner]]])

print(json.dumps({
    'serie': common.version()['server_serie'],
    'uid': uid,
    'refused': common.authenticate(database, login, 'wrong', {}),
    'is_int': type(partner) is int,
    'found': found == [partner],
    'read': read == [{'id': partner, 'name': name, 'ref': 'foreign', 'parent_id': False, 'category_id': []}],
    'written': written,
    'rows': rows == [{'id': partner, 'ref': 'written'}],
    'types': [type(floats['partner_latitude']).__name__, type(floats['color']).__name__],
    'deleted': deleted,
    'left': left,
    'missing': fault('res.partner', 'write', [[partner], {'ref': 'x'}]),
    'private': fault('res.partner', '_x', [[partner]]),
    'unknown': fault('res.partner', 'read', [[partner], ['nope']]),
}))
