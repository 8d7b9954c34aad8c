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

    /// Reads the body, but for that of a form with files: that is read as it comes, and known by its length alone, since
    /// clients separate its parts differently each time.
    init(_ context: RequestContext) async throws {
        var described = "\(context.method) \(context.path) \(context.rawQuery ?? "")\n"
        guard !(context.header("content-type") ?? "").lowercased().hasPrefix("multipart/") else {
            described += "\(context.announcedLength ?? -1)"
            fingerprint = SHA256.hash(described)
            self.context = context
            return
        }
        let body = try await context.body()
        guard !Self.asksForStream(body) else {
            throw APIProblem.invalid(
                "Idempotency-Key",
                "Answers that are streamed cannot be repeated. Ask without `stream`, or without the key.")
        }
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
