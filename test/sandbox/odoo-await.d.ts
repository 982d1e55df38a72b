declare module 'odoo-await' {
  export default class OdooAwait {
    constructor(options: { baseUrl: string; db: string; username: string; password: string })
    connect(): Promise<number>
    search(model: string, domain: object): Promise<number[]>
    read(model: string, ids: number[], fields: string[]): Promise<object[]>
    searchRead(model: string, domain: object, fields: string[]): Promise<object[]>
    create(model: string, values: object): Promise<number>
    update(model: string, id: number, values: object): Promise<boolean>
    delete(model: string, id: number): Promise<boolean>
  }
}
