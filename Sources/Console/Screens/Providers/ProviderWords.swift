import FoundationEssentials
import Terminal
import WireAPI

extension OperatorHealth.Condition {
    /// How it looks; the word always stands beside it.
    var ink: Ink {
        switch self {
        case .healthy: .good
        case .degraded: .caution
        case .unhealthy: .bad
        case .unknown: .quiet
        }
    }

    /// Its mark, in two columns.
    var mark: String {
        switch self {
        case .healthy: "ok"
        case .degraded: "!"
        case .unhealthy: "!!"
        case .unknown: "?"
        }
    }

    /// The worst first.
    var rank: Int {
        switch self {
        case .unhealthy: 0
        case .degraded: 1
        case .healthy: 2
        case .unknown: 3
        }
    }
}

extension OperatorHealth {
    /// The word and the score, which says nothing while nobody has asked.
    var words: String { condition == .unknown ? condition.rawValue : "\(condition.rawValue) \(score)" }
}

extension OperatorHealth? {
    /// What there is to say when no proxy has told anything.
    var words: String { self?.words ?? "not known" }
    var ink: Ink { self?.condition.ink ?? .quiet }
    /// The worst first, then by score.
    var order: Int { (self?.condition.rank ?? 4) * 1000 + (self?.score ?? 0) }
}

extension OperatorHolder {
    /// Whose it is in one word, for columns.
    var word: String {
        switch self {
        case .organization: "own"
        case .installation: "shared"
        }
    }

    /// The same in a sentence.
    var sentence: String {
        switch self {
        case .organization: "your organisation's own"
        case .installation: "the installation's: every organisation uses it"
        }
    }
}

extension OperatorDeployment.Breaker {
    /// What it does, for people.
    var words: String {
        switch self {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half open"
        }
    }

    var ink: Ink {
        switch self {
        case .closed: .good
        case .open: .bad
        case .halfOpen: .caution
        }
    }

    /// The worst first.
    var rank: Int {
        switch self {
        case .open: 0
        case .halfOpen: 1
        case .closed: 2
        }
    }
}

/// Kinds of providers as people write them.
enum ProviderKindWords {
    /// The word of the built-in demonstration's kind.
    static let demonstration = "demo"

    private static let names = [
        "openai": "OpenAI", "azure_openai": "Azure OpenAI", "anthropic": "Anthropic", "gemini": "Gemini",
        "vertex_ai": "Vertex AI", "bedrock": "Bedrock", "mistral": "Mistral", "cohere": "Cohere", "groq": "Groq",
        "openrouter": "OpenRouter", "vllm": "vLLM", "llama_cpp": "llama.cpp", "ollama": "Ollama",
        "openai_compatible": "OpenAI-like", demonstration: "demonstration",
    ]

    /// Its name; of one that is not known here, its word.
    static func name(_ kind: String) -> String { names[kind] ?? kind.replacing("_", with: " ") }
}

extension OperatorFailureCount {
    /// The way in which calls failed, in a few words.
    var words: String { OperatorFailure(code: code, message: nil).words }
}

extension OperatorCallSums {
    var callsPerMinute: Double { Double(calls) / Double(max(1, minutes)) }
    var tokensPerMinute: Double { Double(promptTokens + completionTokens) / Double(max(1, minutes)) }
    var costPerMinute: Int64 { costNanodollars / Int64(max(1, minutes)) }
    /// Of the calls, `nil` when there were none.
    var failedShare: Double? { calls > 0 ? Double(failed) / Double(calls) : nil }
}

extension OperatorProvider {
    /// Why its calls are not shown, where they are not.
    var whyNoFigures: String {
        if health == nil { return "No LLM proxy has told of its calls." }
        // Where figures are not shown, the calls of this moment are not either.
        guard running == nil else { return "It was not called since the LLM proxies were started." }
        return "Its calls are those of every organisation: only who runs the installation sees them."
    }
}

/// A share of a limit as a bar with its number.
enum ShareBar {
    private static let width = 10

    static func text(_ share: Double, _ scope: Scope) -> String {
        let filled = ScoreBar.filled(min(1, share), width: width, scope.marks)
        let rest = String(repeating: scope.marks.barRest, count: width - filled.count)
        return "\(filled)\(rest) \(share == 0 ? "0%" : Formats.percent(share))"
    }
}

extension OperatorDrain {
    /// Since when, by whom and why, as a sentence.
    func sentence(_ scope: Scope) -> String {
        let age = scope.date.map { " for \(Formats.span(seconds: Int(max(0, $0.timeIntervalSince(since)))))" } ?? ""
        let person = by.map { " by \($0.fullName)" } ?? ""
        let reason = reason.isEmpty ? "" : ": \(reason)"
        return "Out of service\(age)\(person)\(reason)."
    }
}

/// Times as the screens of providers write them.
enum ProviderTimes {
    /// How long ago, or a dash before the server said its time.
    static func age(_ date: Date, _ scope: Scope) -> String {
        guard let now = scope.date else { return Formats.dayAndTime(date) }
        return "\(Formats.span(seconds: Int(max(0, now.timeIntervalSince(date))))) ago"
    }

    /// A span that proxies tell in milliseconds.
    static func span(milliseconds: Int) -> String { Formats.span(seconds: max(1, (milliseconds + 999) / 1000)) }
}
