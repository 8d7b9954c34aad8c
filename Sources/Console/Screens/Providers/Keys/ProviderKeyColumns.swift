import FoundationEssentials
import Terminal
import WireAPI

extension OperatorProviderKey: Identifiable {}

/// The columns of the keys of a provider; of the keys themselves nothing is known here.
enum ProviderKeyColumns {
    static let all: [Column<OperatorProviderKey>] = [
        Column(
            "name", "KEY", .flexible(minimum: 10), precedes: ascending { $0.name.lowercased() },
            ink: { key, _ in key.state == .revoked ? .quiet : .strong }, text: { key, _ in key.name }),
        Column(
            "state", "STATE", .fixed(8), precedes: ascending { $0.state.rawValue },
            ink: { key, _ in ProviderKeyWords.ink(key.state) }, text: { key, _ in key.state.rawValue }),
        Column(
            "load", "LOAD", .fixed(16), precedes: ascending { $0.load }, ink: { key, _ in loadInk(key) },
            text: { key, scope in key.load.map { ShareBar.text($0, scope) } ?? "-" }),
        Column(
            "rest", "NOT USED", .fixed(24), rank: 1, precedes: ascending { $0.coolsMs }, ink: { _, _ in .caution },
            text: { key, _ in ProviderKeyWords.rest(key) }),
        Column(
            "weight", "WEIGHT", .fixed(6), isNumber: true, rank: 2, precedes: ascending { $0.weight },
            ink: { _, _ in .quiet }, text: { key, _ in "\(key.weight)" }),
        Column(
            "created", "ADDED", .fixed(10), rank: 3, precedes: ascending { $0.createdAt }, ink: { _, _ in .quiet },
            text: { key, _ in Formats.day(key.createdAt) }),
    ]

    private static func loadInk(_ key: OperatorProviderKey) -> Ink {
        guard let load = key.load else { return .quiet }
        return load >= 0.95 ? .bad : load >= 0.8 ? .caution : .series1
    }
}

/// The states of keys in words.
enum ProviderKeyWords {
    static func ink(_ state: OperatorProviderKey.State) -> Ink {
        switch state {
        case .active: .good
        case .draining: .caution
        case .revoked: .quiet
        }
    }

    /// Whether it is used, as a sentence, and how that looks.
    static func standing(_ key: OperatorProviderKey) -> Segment {
        guard key.state != .revoked, key.reason != nil || key.coolsMs != nil else {
            return Segment("The key \(key.name) \(sentence(key.state))", ink(key.state))
        }
        return Segment("The key \(key.name) is not used \(rest(key))", .caution)
    }

    /// Behind `The key NAME`.
    static func sentence(_ state: OperatorProviderKey.State) -> String {
        switch state {
        case .active: "is used"
        case .draining: "is used only while no other can be"
        case .revoked: "is revoked"
        }
    }

    /// How long it rests and why, empty when it does not.
    static func rest(_ key: OperatorProviderKey) -> String {
        let reason = key.reason.map { reasons[$0] ?? $0 } ?? ""
        guard let milliseconds = key.coolsMs else { return reason }
        return "for \(ProviderTimes.span(milliseconds: milliseconds))\(reason.isEmpty ? "" : ", \(reason)")"
    }

    private static let reasons = [
        "refused": "refused", "throttled": "asked too often", "exhausted": "its quota is used",
        "sealed": "sealed for another",
    ]

    static func explanation(_ key: OperatorProviderKey) -> Explanation {
        var text = Explanation(
            "Key \(key.name)",
            definition:
                "A key with which the LLM proxy calls the provider. It is sealed: only the proxy can open it, and nothing shows it."
        ).value("\(key.state.rawValue): it \(sentence(key.state))", ink(key.state))
        text = text.adding(
            "Weight", "\(key.weight): its part of the calls, beside the weights of the other active keys.")
        if let load = key.load {
            text = text.adding("Load", "\(Formats.percent(load)) of the limits that hold for it is in use.")
        }
        if let reason = key.reason { text = text.why(advice[reason] ?? reason) }
        return text.source("The LLM proxies; the name and the state are stored.").freshness(
            "Read every few seconds while it is seen.")
    }

    private static let advice = [
        "refused": "The provider refused it (401 or 403): replace it with R, then revoke it.",
        "throttled": "The provider answered 429: it rests until the provider lets it in again.",
        "exhausted": "Its quota at the provider is used up: raise it there, or add another key with A.",
        "sealed": "It was sealed for another proxy's key and cannot be opened: replace it with R.",
    ]
}
