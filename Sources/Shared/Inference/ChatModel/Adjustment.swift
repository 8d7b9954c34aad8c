/// Something of a request that reached the provider in another form, or not at all: told to the caller in the answer's
/// ``ProxyHeader/adjusted``. Only what cannot change the meaning of an answer is ever omitted; everything else is
/// ``Unsupported``.
package struct Adjustment: Sendable, Hashable, CustomStringConvertible {
    /// What was done.
    package enum Kind: String, Sendable, Hashable {
        /// Left out: the provider has no place for it.
        case omitted
        /// Said by the nearest that the provider has.
        case approximated
    }

    /// The member of the request, in the words of OpenAI.
    package let parameter: String
    /// What was done with it.
    package let kind: Kind

    /// That it was left out.
    package static func omitted(_ parameter: String) -> Adjustment { Adjustment(parameter: parameter, kind: .omitted) }

    /// That the nearest was said.
    package static func approximated(_ parameter: String) -> Adjustment {
        Adjustment(parameter: parameter, kind: .approximated)
    }

    /// As in the header: `user=omitted`.
    package var description: String { "\(parameter)=\(kind.rawValue)" }
}

extension [Adjustment] {
    /// Adds one that is not there yet.
    package mutating func note(_ adjustment: Adjustment) {
        if !contains(adjustment) { append(adjustment) }
    }
}

extension ChatRequest.ReasoningWish {
    /// The effort that comes nearest to a budget, for providers without budgets; `nil` when nothing is wished.
    package func nearestEffort() -> ChatRequest.ReasoningEffort? {
        guard let budget else { return effort }
        switch budget {
        case 0: return .off
        case ..<2048: return .low
        case ..<16_384: return .medium
        default: return .high
        }
    }
}
