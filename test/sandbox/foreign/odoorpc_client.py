"""OdooRPC, which logs in as the web client does and calls over JSON-RPC: url, database, login and password."""

import json
import sys
from urllib.parse import urlsplit

import odoorpc

url, database, login, password = sys.argv[1:]
address = urlsplit(url)
odoo = odoorpc.ODOO(address.hostname, port=address.port)
databases = odoo.db.list()
try:
    odoo.login(database, login, 'wrong')
    refused = False
except odoorpc.error.RPCError:
    refused = True
odoo.login(database, login, password)
Partner = odoo.env['res.partner']

partner = Partner.create({'name': 'OdooRPC', 'ref': 'foreign'})
found = Partner.search([('id', '=', partner)])
rows = Partner.read([partner], ['name', 'ref'])
record = Partner.browse(partner)
record.ref = 'written'
browsed = Partner.browse(partner)
written, categories = browsed.ref, len(browsed.category_id)
deleted = Partner.unlink([partner])
try:
    odoo.execute('res.partner', 'write', [partner], {'ref': 'x'})
    missing = False
except odoorpc.error.RPCError as error:
    missing = error.info['data']['name']

print(json.dumps({
    'version': odoo.version,
    'databases': databases,
    'refused': refused,
    'uid': odoo.env.uid,
    'user': odoo.env.user.login,
    'found': found == [partner],
    'read': rows == [{'id': partner, 'name': 'OdooRPC', 'ref': 'foreign'}],
    'written': written,
    'categories': categories,
    'deleted': deleted,
    'left': Partner.search_count([('id', '=', partner)]),
    'missing': missing,
    'logged_out': odoo.logout(),
}))
