import type { ModelSpec } from '../orm/types.js'
import { accountJournal, accountPaymentTerm, accountTax } from './account.js'
import { accountMove } from './account-move.js'
import { accountMoveLine } from './account-move-line.js'
import { baseAutomation, baseAutomation14 } from './base-automation.js'
import { busBus } from './bus.js'
import { crmLeadLost, crmLostReason, crmStage, crmTag, crmTeam } from './crm.js'
import { crmLead } from './crm-lead.js'
import { irAttachment } from './ir-attachment.js'
import { irConfigParameter, irSequence } from './ir-config.js'
import { base, irModel, irModelData } from './ir-model.js'
import { irModule } from './ir-module.js'
import { irActionsServer, irCron, irMailServer, irRule, irUiView } from './ir-technical.js'
import { mailComposeMessage, mailMessage, mailTemplate } from './mail.js'
import { mailActivity, mailActivityType } from './mail-activity.js'
import { productCategory, productPricelist, uomCategory, uomUom } from './product.js'
import { productProduct } from './product-product.js'
import { productTemplate } from './product-template.js'
import { resCompany } from './res-company.js'
import { resCountry, resCountryGroup, resCountryState, resCurrency, resLang } from './res-country.js'
import { irModuleCategory, resGroups, resGroupsPrivilege } from './res-groups.js'
import { resPartner } from './res-partner.js'
import { resBank, resPartnerBank, resPartnerCategory, resPartnerTitle } from './res-partner-related.js'
import { resUsers, resUsersApikeys, resUsersLog } from './res-users.js'
import { saleOrder } from './sale-order.js'
import { saleOrderCancel } from './sale-order-cancel.js'
import { saleOrderLine } from './sale-order-line.js'

/** All models, in the order in which Odoo would load them. */
export const specs: readonly ModelSpec[] = [
  base,
  irModel,
  irModelData,
  irAttachment,
  irConfigParameter,
  irSequence,
  irActionsServer,
  irCron,
  irMailServer,
  irRule,
  irUiView,
  irModuleCategory,
  resLang,
  resCurrency,
  resCountry,
  resCountryState,
  resCountryGroup,
  resGroupsPrivilege,
  resGroups,
  resPartnerCategory,
  resPartnerTitle,
  resPartner,
  resBank,
  resPartnerBank,
  resCompany,
  resUsers,
  resUsersApikeys,
  resUsersLog,
  mailMessage,
  mailActivityType,
  mailActivity,
  mailTemplate,
  mailComposeMessage,
  uomCategory,
  uomUom,
  productCategory,
  productTemplate,
  productProduct,
  productPricelist,
  accountPaymentTerm,
  accountTax,
  accountJournal,
  accountMove,
  accountMoveLine,
  crmTeam,
  crmStage,
  crmTag,
  crmLostReason,
  crmLead,
  crmLeadLost,
  saleOrder,
  saleOrderLine,
  saleOrderCancel,
  busBus,
  irModule,
  baseAutomation14,
  baseAutomation
]
