internal import Cryptography
internal import HTTPMessages
internal import HTTPServing
internal import JSON

/// A call with what it is known by when it comes again.
struct CallReading: Sendable {
    /// The call, its body still to be read.
    let context: RequestContext
    /// SHA-256 of what is called and with which body.
    let fingerprint: [UInt8]

    /// Reads the body.
    /// - Throws: `APIProblem` for calls that cannot be repeated: forms with files, which are too large to be held and which
    ///   clients write differently each time, and those whose answers are streamed.
    init(_ context: RequestContext) async throws {
        let type = context.header("content-type")
        guard !(type ?? "").lowercased().hasPrefix("multipart/") else { throw APIProblem.uploadWithKey }
        let body = try await context.body()
        // Also where it is labelled otherwise.
        if case .multipart = BodyFormat(contentType: type, body: body) { throw APIProblem.uploadWithKey }
        guard !Self.asksForStream(body) else { throw APIProblem.streamWithKey }
        let described = "\(context.method) \(context.path) \(context.rawQuery ?? "")\n"
        fingerprint = SHA256.hash(Array(described.utf8) + body)
        self.context = context.carrying(body)
    }

    /// Whether the body is JSON that has `"stream": true`.
    private static func asksForStream(_ body: [UInt8]) -> Bool {
        guard body.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") else { return false }
        do {
            return try JSONCodec.decode(Wish.self, from: body).stream ?? false
        } catch {
            // Whoever handles the call says what is wrong with its body.
            return false
        }
    }

    private struct Wish: Decodable {
        let stream: Bool?
    }
}
