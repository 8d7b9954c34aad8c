package import FoundationEssentials
internal import JSON
package import Scoring

/// An answer that was given before: the very bytes, and what they cost then.
package struct CachedAnswer: Sendable, Hashable {
    package let contentType: String
    /// A whole body, or all events of a stream.
    package let body: [UInt8]
    package let provider: String
    package let model: String
    package let promptTokens: Int
    package let completionTokens: Int
    /// What it cost, and what giving it again saves.
    package let cost: Money
    package let givenAt: Date
    /// What of the question was left out or approximated, as callers are told; `nil` for nothing.
    package let adjusted: String?

    package init(
        contentType: String, body: [UInt8], provider: String, model: String, promptTokens: Int, completionTokens: Int,
        cost: Money, givenAt: Date, adjusted: String? = nil
    ) {
        self.contentType = contentType
        self.body = body
        self.provider = provider
        self.model = model
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cost = cost
        self.givenAt = givenAt
        self.adjusted = adjusted
    }

    /// What is kept: the length of a description in four bytes, the description, and the body.
    var encoded: [UInt8] {
        let description = JSONCodec.encode(
            Description(
                contentType: contentType, provider: provider, model: model, promptTokens: promptTokens,
                completionTokens: completionTokens, cost: cost.nanoDollars, givenAt: givenAt, adjusted: adjusted))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 + description.count + body.count)
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: description.count >> shift)) }
        return bytes + description + body
    }

    /// Reads what ``encoded`` wrote; `nil` for anything else.
    init?(encoded bytes: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        let count = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= 4 + count else { return nil }
        let description: Description
        do {
            description = try JSONCodec.decode(Description.self, from: Array(bytes[4..<4 + count]))
        } catch {
            return nil
        }
        self.init(
            contentType: description.contentType, body: Array(bytes[(4 + count)...]), provider: description.provider,
            model: description.model, promptTokens: description.promptTokens,
            completionTokens: description.completionTokens, cost: Money(nanoDollars: description.cost),
            givenAt: description.givenAt, adjusted: description.adjusted)
    }

    private struct Description: Codable {
        let contentType: String
        let provider: String
        let model: String
        let promptTokens: Int
        let completionTokens: Int
        let cost: Int64
        let givenAt: Date
        let adjusted: String?
    }
}
