import FoundationEssentials
import Terminal
import WireAPI

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
                    label: "score", value: Formats.score(row.score), ink: ScoreBar.ink(row.score ?? 0), share: row.score
                ))
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
        if let prompt = detail.promptTokens {
            let out = detail.completionTokens.map { ", \(Formats.count($0)) out" } ?? ""
            facts.append(ExecutionFact(label: "tokens", value: "\(Formats.count(prompt)) in\(out)"))
        }
        facts += hops(detail.hops)
        facts.append(ExecutionFact(label: "when", value: Formats.full(row.createdAt), startsGroup: true))
        facts.append(ExecutionFact(label: "project", value: row.projectName ?? row.projectID.lowercase))
        if let session = row.sessionID { facts.append(ExecutionFact(label: "session", value: session)) }
        if let user = row.userID { facts.append(ExecutionFact(label: "user", value: user)) }
        if !row.tags.isEmpty { facts.append(ExecutionFact(label: "tags", value: row.tags.joined(separator: ", "))) }
        facts.append(ExecutionFact(label: "run by", value: detail.ownerEmail))
        facts.append(ExecutionFact(label: "id", value: row.id.lowercase, ink: .quiet, startsGroup: true))
        if let parent = row.parentID {
            facts.append(ExecutionFact(label: "part of", value: parent.lowercase, ink: .quiet))
        }
        if let item = row.itemID { facts.append(ExecutionFact(label: row.type, value: item.lowercase, ink: .quiet)) }
        if let version = detail.versionID {
            facts.append(ExecutionFact(label: "version", value: version.lowercase, ink: .quiet))
        }
        if let request = detail.requestID { facts.append(ExecutionFact(label: "request", value: request, ink: .quiet)) }
        return facts
    }

    private static func hops(_ hops: [OperatorExecutionDetail.Hop]) -> [ExecutionFact] {
        let longest = hops.map(\.milliseconds).max() ?? 0
        return hops.enumerated().map { index, hop in
            ExecutionFact(
                label: hop.name, value: Formats.latency(milliseconds: hop.milliseconds), ink: .quiet,
                share: longest > 0 ? hop.milliseconds / longest : nil, startsGroup: index == 0)
        }
    }
}

extension UUID {
    /// The usual form in our own texts.
    var lowercase: String { uuidString.lowercased() }
}
