internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import JSON

/// A short question to a service that says who this program is.
struct MetadataCall: Sendable {
    let client: HTTPClient
    /// Who is asked, for messages.
    let service: String

    /// Such answers are small, and come from near by: whoever waits long waits in vain.
    private static let limit = 256 << 10
    private static let deadlines = TransferDeadlines(
        connect: .seconds(3), firstByte: .seconds(10), idle: .seconds(10), total: .seconds(15))
    private static let attempts = 3

    /// Asks up to three times, and gives an answer of 200.
    func send(
        _ method: HTTPMethod = .get, _ url: String, _ headers: HTTPHeaders = [:], body: [UInt8]? = nil
    ) async throws -> [UInt8] {
        var last = IdentityError("\(service) did not answer", isPassing: true)
        for _ in 0..<Self.attempts {
            do {
                let response = try await client.send(
                    OutboundRequest(
                        method: method, url: url, headers: headers, body: body.map { .bytes($0) } ?? .none,
                        deadlines: Self.deadlines, isIdempotent: true), bodyLimit: Self.limit)
                guard response.status == 200 else {
                    last = IdentityError(
                        "\(service) answered \(response.status): \(Self.reason(response.body))",
                        isPassing: response.status >= 500 || response.status == 429)
                    if last.isPassing { continue }
                    throw last
                }
                return response.body
            } catch let error as TransferError {
                guard error.kind != .cancelled else { throw error }
                last = IdentityError("\(service) cannot be reached: \(error.message)", isPassing: true)
            }
        }
        throw last
    }

    /// What such services say of a failure: in JSON, in XML, or nothing that may be repeated.
    private static func reason(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        for key in ["error_description", "message", "error"] {
            do {
                if let said = try JSONNode(body)[key]?.string { return String(said.prefix(200)) }
            } catch {
                break
            }
        }
        if let code = text.firstRange(of: "<Code>"), let end = text[code.upperBound...].firstRange(of: "</Code>") {
            return String(text[code.upperBound..<end.lowerBound].prefix(100))
        }
        return "no reason was given"
    }
}
