/**
 * What is denied by default. The policy narrows the door; the rights of the Odoo user are the wall.
 * `*` stands for any run of characters.
 */

/** Not even readable: secrets, forged sessions, code that runs in Odoo, whole-database imports. */
export const noAccessModels: readonly string[] = [
  // Its `database.secret` forges sessions.
  'ir.config_parameter',
  'ir.mail_server',
  'fetchmail.server',
  'iap.account',
  'payment.provider',
  'payment.acquirer',
  'payment.token',
  'auth.oauth.provider',
  'res.company.ldap',
  'certificate.*',
  'account_edi_proxy_client.user',
  'res.users.apikeys*',
  'res.users.identitycheck',
  'auth_totp.*',
  'auth.totp.*',
  'auth.passkey.*',
  'change.password.*',
  'res.device*',
  'ir.actions.server',
  // Up to 16: the values that a server action writes, each an expression.
  'ir.server.object.lines',
  'base.automation',
  'ir.cron*',
  'ir.qweb*',
  'ir.http',
  'ir.websocket',
  'ir.autovacuum',
  'bus.bus',
  'base.import.module',
  'base_import.*',
  'base.module.*',
  'base.language.*',
  'res.config*',
  'ir.demo*',
  // They write scripts and styles of pages.
  'web_editor.assets',
  'website.assets',
  'ir.logging',
  'ir.profile'
]

/** Readable but never written: they change what Odoo is, or who may do what in it. */
export const readOnlyModels: readonly string[] = [
  'ir.model*',
  'ir.rule',
  'ir.ui.*',
  'ir.actions.*',
  'ir.asset',
  'ir.default',
  'ir.property',
  'ir.filters',
  'ir.sequence*',
  'ir.module.*',
  'res.groups*',
  'res.users',
  // Odoo evaluates what they hold (each seen in the source), and their previews show any template of any record.
  'mail.template*',
  'sms.template*',
  'digest.tip',
  'gamification.goal.definition',
  // A translation of a page is a part of the page.
  'ir.translation',
  'theme.*',
  // They delete records of whatever model they name.
  'privacy.lookup.*',
  'data_recycle.*',
  'mail.alias*',
  'portal.share',
  'portal.wizard*',
  'project.share.wizard*',
  'base.partner.merge.*'
]

/** Never callable, on any model. */
export const deniedMethods: readonly string[] = [
  // They answer records or change the environment; nothing useful comes back over a wire.
  'sudo',
  'with_*',
  'browse',
  'new',
  'init',
  'flush*',
  'invalidate*',
  'modified',
  'recompute',
  'mapped',
  'filtered*',
  'sorted',
  'fetch',
  'search_fetch',
  // They install, remove or run code.
  'button_immediate_*',
  'button_install',
  'button_upgrade',
  'button_uninstall',
  'module_uninstall',
  'upgrade_module',
  'method_direct_trigger',
  // They change or hand out logins.
  'change_password*',
  '*reset_password',
  'signup_*',
  'action_signup_prepare',
  'api_key_wizard',
  'make_key',
  'run_check',
  '*totp_*',
  '*revoke_all_devices',
  '*create_user',
  '*create_users',
  '*access_token',
  '*refresh_token',
  // They open a record to whoever has the link, which they answer (each seen on 14 or 19, or in the source).
  'get_*_url',
  'get_access_action',
  'preview_*',
  'action_preview_*',
  'action_customer_preview',
  'action_get_share_url',
  'action_grant_access',
  // They show or send any template of any record, such as the mail with the link that sets a password (14 and 19), or
  // evaluate text.
  'render_message',
  'onchange_template_id*',
  'generate_email*',
  'get_mail_values',
  'message_*_with_*',
  'activity_send_mail',
  'qweb_render_view',
  'execute_code',
  'eval_value',
  // It reads any address, from where Odoo stands.
  'pad_get_content',
  // Nested or bulk ways around the checks of fields and values: what the web client has (`web_read`, `web_save`,
  // `web_create_users`, `web_override_translations` …) is there as a tool.
  'web_*',
  'export_data',
  'load',
  'execute_import',
  // They write, read or group by whatever their arguments name (each seen to give away an access token, or in the source).
  'update',
  'onchange',
  'grouped',
  'copy_data',
  'read_progress_bar',
  'formatted_read_grouping_sets',
  'search_panel_*',
  'hierarchy_read',
  '*_field_translations',
  'html_field_history_*',
  'get_avatar_card_data',
  // They search, or make, records of whatever model or for whatever domain their arguments name.
  'activity_search',
  'get_activity_data',
  'message_fetch',
  'get_serve_attachment',
  'create_unique',
  'create_record_with_xmlid',
  // They make records of what a mail says, with any values.
  'message_new',
  'message_update',
  'message_process',
  'message_route'
]

/** Names of char, text and binary fields whose content is a secret. */
export const withheldFields: readonly string[] = [
  'password',
  '*_password',
  '*_pass',
  'new_passw*',
  '*secret*',
  '*access_token',
  '*refresh_token',
  'signup_token',
  'signup_url',
  '*api_key',
  '*private_key*',
  'totp_*',
  '*_token',
  '*_rtoken',
  '*_pwd'
]

/** Models whose text Odoo evaluates where it finds an expression in it, besides those that say so by a field. */
export const renderingModels: readonly string[] = [
  'mail.compose.message',
  'account.invoice.send',
  'sms.composer',
  'survey.invite',
  'slide.channel.invite',
  'mailing.*'
]
