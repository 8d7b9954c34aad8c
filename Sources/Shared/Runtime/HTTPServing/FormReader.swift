internal import HTTPServer

/// What a form brings, piece by piece, in the order in which its sender wrote it.
package enum FormPiece: Sendable, Hashable {
    case field(name: String, value: String)
    /// A file begins.
    case file(MultipartPart)
    /// Bytes of the file that began last.
    case bytes([UInt8])
    /// The body is no form, but JSON: here it is whole.
    case document([UInt8])
}

/// Reads the body of a request as a form of whatever kind it is, and files in it as they come: they are never held whole.
package struct FormReader {
    /// The most that everything but files may have together.
    private static let mostInFields = 1 << 20

    private let context: RequestContext
    private var kind: Kind?
    private var pending: [FormPiece] = []
    private var received = 0

    private enum Kind {
        case multipart(MultipartParser, field: (name: String, value: [UInt8])?)
        case read
    }

    init(_ context: RequestContext) { self.context = context }

    /// The next piece, `nil` after the last.
    /// - Throws: `APIProblem` for a body that is no form, and for one that is longer than the route allows.
    package mutating func next() async throws -> FormPiece? {
        while pending.isEmpty {
            guard let bytes = try await context.request.body.next() else { return try end() }
            received += bytes.count
            guard received <= context.bodyLimit else { throw APIProblem.tooLarge(limit: context.bodyLimit) }
            try await take(bytes)
        }
        return pending.removeFirst()
    }

    private mutating func take(_ bytes: [UInt8]) async throws {
        if kind == nil { kind = try await begin(with: bytes) }
        guard case .multipart(var parser, var field) = kind else { return }
        for event in try parser.feed(bytes) {
            switch event {
            case .part(let part):
                finish(&field)
                if part.fileName == nil { field = (part.name, []) } else { pending.append(.file(part)) }
            case .bytes(let bytes):
                guard field != nil else {
                    pending.append(.bytes(bytes))
                    continue
                }
                field?.value += bytes
                guard (field?.value.count ?? 0) <= Self.mostInFields else {
                    throw APIProblem.tooLarge(limit: Self.mostInFields)
                }
            }
        }
        if parser.hasEnded { finish(&field) }
        kind = .multipart(parser, field: field)
    }

    private mutating func finish(_ field: inout (name: String, value: [UInt8])?) {
        if let field {
            pending.append(.field(name: field.name, value: String(decoding: field.value, as: UTF8.self)))
        }
        field = nil
    }

    /// Finds out what the body is by its beginning; what is no multipart body is read to its end.
    private mutating func begin(with bytes: [UInt8]) async throws -> Kind {
        let type = context.header("content-type")
        switch BodyFormat(contentType: type, body: bytes) {
        case .multipart(let boundary): return .multipart(MultipartParser(boundary: boundary), field: nil)
        case .form:
            let form = QueryParameters(String(decoding: try await rest(behind: bytes), as: UTF8.self))
            pending = form.pairs.map { .field(name: $0.name, value: $0.value) }
            return .read
        case .json, .empty:
            pending = [.document(try await rest(behind: bytes))]
            return .read
        case .other:
            throw APIProblem.unsupportedMediaType(type ?? "", expected: "multipart/form-data or application/json")
        }
    }

    private func rest(behind first: [UInt8]) async throws -> [UInt8] {
        do {
            let room = Self.mostInFields - min(first.count, Self.mostInFields)
            return first + (try await context.request.body.collect(upTo: room))
        } catch HTTPBodyError.tooLarge {
            // The limit of the whole, not what was left of it.
            throw APIProblem.tooLarge(limit: Self.mostInFields)
        }
    }

    private func end() throws -> FormPiece? {
        if case .multipart(let parser, _) = kind, !parser.hasEnded {
            throw APIProblem.malformed("The multipart body ends in the middle.")
        }
        return nil
    }
}

extension RequestContext {
    /// The body as a form: multipart, also where it is labelled as JSON, or urlencoded.
    package func formReader() -> FormReader { FormReader(self) }
}
