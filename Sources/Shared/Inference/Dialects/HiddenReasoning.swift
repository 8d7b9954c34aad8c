internal import ChatModel

/// What only the provider of a passage of thoughts can read, in a dialect that has one place for it and knows one provider.
/// What is another one's is marked by whose it is, so that it goes back to nobody else.
struct HiddenReasoning {
    /// What it proves or holds.
    private enum Kind: String {
        /// A proof of the text beside it.
        case signature
        /// The thoughts themselves, encrypted.
        case data
    }

    private let format: Reasoning.Format
    private let kind: Kind
    private let secret: String

    /// What is hidden in a passage; of one that has both, the thoughts themselves.
    init?(_ reasoning: Reasoning) {
        format = reasoning.format
        if let encrypted = reasoning.encrypted {
            (kind, secret) = (.data, encrypted)
        } else if let signature = reasoning.signature {
            (kind, secret) = (.signature, signature)
        } else {
            return nil
        }
    }

    /// A proof by itself.
    init(signature: String, _ format: Reasoning.Format) {
        (self.format, kind, secret) = (format, .signature, signature)
    }

    /// Reads what ``text(of:)`` wrote in the dialect of the provider `home`; what bears no mark is its own.
    init(_ text: String, of home: Reasoning.Format, isSignature: Bool = false) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count == 3, let format = Reasoning.Format(rawValue: String(parts[0])),
            let kind = Kind(rawValue: String(parts[1]))
        {
            (self.format, self.kind, secret) = (format, kind, String(parts[2]))
        } else {
            (format, kind, secret) = (home, isSignature ? .signature : .data, text)
        }
    }

    /// How it is written in the dialect of the provider `home`.
    func text(of home: Reasoning.Format) -> String {
        format == home ? secret : "\(format.rawValue):\(kind.rawValue):\(secret)"
    }

    /// Says in a passage what is hidden of it.
    func put(into reasoning: inout Reasoning) {
        reasoning.format = format
        switch kind {
        case .signature: reasoning.signature = secret
        case .data: reasoning.encrypted = secret
        }
    }
}
