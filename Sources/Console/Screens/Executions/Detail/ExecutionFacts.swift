internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// One named fact about an execution, for the pane beside its text.
struct ExecutionFact: Sendable, Hashable {
    let label: String
    let value: String
    var ink = Ink.plain
    /// From 0 to 1: drawn as a bar behind the value.
    var share: Double?
    /// Whether a blank line stands before it.
    var startsGroup = false

    /// What a list row alone tells.
    static func of(_ row: OperatorExecutionRow) -> [ExecutionFact] {
        var facts: [ExecutionFact] = []
        if let failure = row.failure {
            facts.append(ExecutionFact(label: "score", value: "none: \(failure.words)", ink: .bad))
        } else {
            facts.append(
                ExecutionFact(
                    label: "score", value: Formats.score(row.score), ink: row.score.map(ScoreBar.ink) ?? .quiet,
                    share: row.score))
        }
        facts.append(ExecutionFact(label: "type", value: row.type))
        facts.append(ExecutionFact(label: "model", value: row.model ?? "-"))
        if let provider = row.provider { facts.append(ExecutionFact(label: "provider", value: provider)) }
        facts.append(ExecutionFact(label: "cost", value: row.costNanodollars.map(Formats.exactCost) ?? "-"))
        facts.append(ExecutionFact(label: "latency", value: Formats.latency(milliseconds: row.latencyMilliseconds)))
        return facts
    }

    /// Everything that is known.
    static func of(_ detail: OperatorExecutionDetail) -> [ExecutionFact] {
        let row = detail.execution
        var facts = of(row)
        if let confidence = detail.confidence {
            facts.insert(ExecutionFact(label: "confidence", value: Formats.score(confidence)), at: 1)
        }
        if let tokens = detail.tokens { facts.append(ExecutionFact(label: "tokens", value: tokens)) }
        if let attempts = detail.attempts, attempts > 1 {
            facts.append(ExecutionFact(label: "attempts", value: "\(attempts)", ink: .caution))
        }
        facts.append(ExecutionFact(label: "when", value: Formats.full(row.createdAt), startsGroup: true))
        facts.append(ExecutionFact(label: "project", value: row.projectName ?? row.projectID.lowercase))
        if let session = row.sessionID { facts.append(ExecutionFact(label: "session", value: session)) }
        if let user = row.userID { facts.append(ExecutionFact(label: "user", value: user)) }
        if !row.tags.isEmpty { facts.append(ExecutionFact(label: "tags", value: row.tags.joined(separator: " "))) }
        facts.append(ExecutionFact(label: "run by", value: detail.ownerEmail))
        facts.append(ExecutionFact(label: "id", value: row.id.lowercase, ink: .quiet, startsGroup: true))
        func add(_ label: String, _ id: UUID?) {
            if let id { facts.append(ExecutionFact(label: label, value: id.lowercase, ink: .quiet)) }
        }
        add("part of", row.parentID)
        add("again from", detail.originID)
        add(row.type, row.itemID)
        if row.type != "judge" { add("judge", row.judgeID) }
        add("version", detail.versionID)
        if let request = detail.requestID { facts.append(ExecutionFact(label: "request", value: request, ink: .quiet)) }
        return facts
    }
}

extension OperatorExecutionDetail {
    /// The tokens in and out, as people read it.
    var tokens: String? {
        guard let promptTokens else { return nil }
        let out = completionTokens.map { ", \(Formats.count($0)) out" } ?? ""
        return "\(Formats.count(promptTokens)) in\(out)"
    }
}

extension UUID {
    /// The usual form in our own texts.
    var lowercase: String { uuidString.lowercased() }
}
