internal import HTTPMessages
internal import HTTPServer
internal import JSON

/// What a body is, by what its sender says and by how it begins.
package enum BodyFormat: Sendable, Hashable {
    case empty
    case json
    /// `application/x-www-form-urlencoded`
    case form
    /// `multipart/form-data`
    case multipart(boundary: String)
    case other(String)

    /// Clients label loosely: JSON is the default where nothing is said, and a body that begins with a boundary line
    /// is multipart even when it is labelled as JSON.
    package init(contentType: String?, body: [UInt8]) {
        guard !body.isEmpty else {
            self = .empty
            return
        }
        let parts = (contentType ?? "").split(separator: ";").map { $0.drop { $0 == " " } }
        let type = (parts.first ?? "").lowercased()
        if type == "application/x-www-form-urlencoded" {
            self = .form
        } else if type == "multipart/form-data", let boundary = Self.boundary(parts.dropFirst()) {
            self = .multipart(boundary: boundary)
        } else if let boundary = Self.leadingBoundary(body) {
            self = .multipart(boundary: boundary)
        } else if type.isEmpty || type == "text/plain" || type == "application/json" || type.hasSuffix("+json") {
            self = .json
        } else {
            self = .other(type)
        }
    }

    private static func boundary(_ parameters: ArraySlice<Substring>) -> String? {
        for parameter in parameters where parameter.lowercased().hasPrefix("boundary=") {
            let value = parameter.dropFirst("boundary=".count).filter { $0 != "\"" }
            return value.isEmpty ? nil : value
        }
        return nil
    }

    /// The boundary of a first line `--boundary`, of at most the 70 characters that RFC 2046 allows.
    private static func leadingBoundary(_ body: [UInt8]) -> String? {
        guard body.starts(with: "--".utf8), let end = body.firstIndex(of: UInt8(ascii: "\r")), end > 2, end <= 72
        else { return nil }
        return String(decoding: body[2..<end], as: UTF8.self)
    }
}

extension RequestContext {
    /// The whole body, at most `bodyLimit` bytes.
    package func body() async throws -> [UInt8] {
        try await request.body.collect(upTo: bodyLimit)
    }

    /// The JSON body as a `T`; an empty one stands for `{}`.
    /// - Throws: `APIProblem` or `JSONDecodingError`, both naming the field that is wrong.
    package func decode<T: Decodable>(_: T.Type = T.self) async throws -> T {
        if let value = try await decodeIfPresent(T.self) { return value }
        return try JSONCodec.decode(T.self, from: Array("{}".utf8))
    }

    /// The JSON body as a `T`, `nil` when there is none.
    package func decodeIfPresent<T: Decodable>(_: T.Type = T.self) async throws -> T? {
        let bytes = try await body()
        let type = request.headers["content-type"]
        switch BodyFormat(contentType: type, body: bytes) {
        case .empty: return nil
        case .json: return try JSONCodec.decode(T.self, from: bytes)
        case .form, .multipart, .other:
            throw APIProblem.unsupportedMediaType(type ?? "", expected: "application/json")
        }
    }

    /// The fields of an urlencoded body.
    package func form() async throws -> QueryParameters {
        let bytes = try await body()
        let type = request.headers["content-type"]
        switch BodyFormat(contentType: type, body: bytes) {
        case .empty: return .none
        case .form: return QueryParameters(String(decoding: bytes, as: UTF8.self))
        case .json, .multipart, .other:
            throw APIProblem.unsupportedMediaType(type ?? "", expected: "application/x-www-form-urlencoded")
        }
    }
}
