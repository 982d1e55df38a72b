/** What of the package `xmlrpc` we use: its own types cover neither the serializer nor the deserializer. */
declare module 'xmlrpc/lib/customtype.js' {
  /** A scalar under a tag of one's own choice. The text is escaped, a carriage return included. */
  export default class CustomType {
    constructor(raw: string)
    tagName: string
  }
}

declare module 'xmlrpc/lib/serializer.js' {
  const serializer: {
    /** The XML of a call. Throws Error for a character that XML does not have. */
    serializeMethodCall(method: string, params: unknown[]): string
  }
  export default serializer
}

declare module 'xmlrpc/lib/deserializer.js' {
  /** Puts a message together from what its parser (`sax`) finds: values on a stack, which arrays and structs take up. */
  export default class Deserializer {
    /** A stream of sax; `_parser` is the parser that it wraps. */
    parser: { write(text: string): void; end(): void; _parser: { strict: boolean } }
    stack: unknown[]
    /** Where in the stack the open arrays and structs begin. */
    marks: number[]
    /** No tag has come within the open `value` yet: if none comes, its text is a string. */
    value: boolean
    /** Pipes the source into the parser. The callback is called when the parser ends. */
    deserializeMethodResponse(source: Source, callback: (error: Fault | null, result: unknown) => void): void
    push(value: unknown): void
    onOpentag(tag: { name: string }): void
    onClosetag(name: string): void
    onError(error: unknown): void
    endInt(text: string): void
    endI8(text: string): void
    endDouble(text: string): void
    endBase64(text: string): void
    endDateTime(text: string): void
    endStruct(text: string): void
  }

  /** What of a stream is used. */
  export interface Source {
    setEncoding(): void
    on(): void
    pipe(): void
  }

  /** An Error; with these when it stands for a fault. */
  export interface Fault extends Error {
    faultCode?: unknown
    faultString?: unknown
  }
}
