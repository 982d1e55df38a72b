import { dataQuality } from './data-quality.js'
import { explainError } from './explain-error.js'
import { lookUpCustomer } from './look-up-customer.js'
import { overdueInvoices } from './overdue-invoices.js'
import { pipelineReview } from './pipeline-review.js'
import type { Prompt } from './prompt.js'

/** Every prompt, in the order in which they are listed. */
export const prompts: readonly Prompt[] = [lookUpCustomer, pipelineReview, overdueInvoices, dataQuality, explainError]
